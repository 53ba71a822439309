using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Redis;
using Cluster.ServiceDefaults.Security;
using Cluster.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Cluster.ServiceDefaults;

/// <summary>What every service of the cluster has: telemetry, health, discovery, resilience, authentication, Redis.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Time a service has to finish or hand back what it holds when it is asked to stop; the local runner kills after 10 s.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    /// <param name="builder">The service's builder.</param>
    /// <param name="serviceName">Name for telemetry where OTEL_SERVICE_NAME is not set: <c>coordinator</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        builder.AddTelemetry(serviceName);
        builder.AddClusterKeyAuthentication();
        builder.AddClusterEndpoints();
        builder.AddRedis();
        builder.Services.AddHostedService<ParentWatch>();
        builder.Services.AddHostedService<UnobservedExceptions>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>
    /// Maps <c>/alive</c> (open: the process runs), <c>/ready</c> (open: it can do its work, one word) and <c>/health</c> (with the cluster
    /// key: the same, and why not).
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        return app;
    }
}
