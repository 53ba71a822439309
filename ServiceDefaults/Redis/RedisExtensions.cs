using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>The connections to Redis that a service gets from its container.</summary>
/// <remarks>
/// Our own and not Aspire.StackExchange.Redis, which would give one connection where two with times of their own are wanted, a health
/// check without a time limit, and no word on why a certificate or a password is refused; it is built against version 2 of the client.
/// Its configuration is the same: <c>ConnectionStrings__redis</c>, as an app host gives it.
/// </remarks>
public static class RedisExtensions
{
    /// <summary>Key of the connection for large values, so that no lease or commit waits behind one.</summary>
    public const string Bulk = "redis-bulk";

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BulkTimeout = TimeSpan.FromSeconds(30);

    internal static void AddRedis(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IConnectionMultiplexer>(services => Connect(services, CommandTimeout));
        builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(Bulk, (services, _) => Connect(services, BulkTimeout));
        builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>("redis");
    }

    // Comes back connecting where Redis is not there yet; commands then fail until it is, and callers retry.
    private static ConnectionMultiplexer Connect(IServiceProvider services, TimeSpan timeout)
    {
        var text = services.GetRequiredService<IConfiguration>().GetConnectionString("redis")
            ?? throw new SettingException("ConnectionStrings__redis is not set; it must hold host:port,password=…");
        var options = ConfigurationOptions.Parse(text);
        options.AbortOnConnectFail = false;
        // INFO and CONFIG GET, by which durability is judged, count as administration.
        options.AllowAdmin = true;
        options.ConnectTimeout = 2_000;
        options.AsyncTimeout = (int)timeout.TotalMilliseconds;
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        options.ReconnectRetryPolicy = new ExponentialRetry(100, 2_000);
        var tls = services.GetRequiredService<ClusterTls>().Credentials;
        if (options.Ssl && (tls.HasAuthorities || tls.HasIdentity)) options.SslClientAuthenticationOptions = host => tls.ForClient(options.SslHost ?? host);
        var connection = ConnectionMultiplexer.Connect(options);
        new RedisConnectionLog(services.GetRequiredService<ILogger<RedisConnectionLog>>(), options.Ssl).Follow(connection);
        return connection;
    }
}

internal sealed class RedisHealthCheck(IConnectionMultiplexer redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var ping = await redis.GetDatabase().PingAsync().Abandonable().WaitAsync(TimeSpan.FromSeconds(2), cancellationToken);
            return HealthCheckResult.Healthy($"{ping.TotalMilliseconds:F1} ms");
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer", e);
        }
    }
}
