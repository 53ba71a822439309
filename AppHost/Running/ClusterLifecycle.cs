using Aspire.Hosting.Lifecycle;
using Cluster.AppHost.CommandLine;
using Cluster.AppHost.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Cluster.AppHost.Running;

/// <summary>What the app host does beside the orchestrator while the cluster runs.</summary>
internal static class ClusterLifecycle
{
    public static void AddLifecycle(this IDistributedApplicationBuilder builder, AppHostOptions options, ServerChoice servers)
    {
        builder.Services.AddSingleton(options);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ClusterWatch>();
        builder.Services.AddEventingSubscriber<Restarts>();
        builder.Services.AddEventingSubscriber<StartReport>();
        if (servers.Kind != ServerKind.Embedded)
        {
            // Standalone writes its own.
            builder.Services.AddSingleton<StateFile>();
            builder.Services.AddSingleton<IDistributedApplicationEventingSubscriber>(services => services.GetRequiredService<StateFile>());
        }

        // Last, so that it is stopped first.
        builder.Services.AddHostedService<OrderedStop>();
        builder.Services.AddLogging(logging => logging
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddFilter("Aspire.Hosting.Dcp", LogLevel.Error));
    }
}
