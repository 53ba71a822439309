using Cluster.DataPlane.Frames;
using Cluster.ParameterStore.Control;
using Cluster.ParameterStore.Exchange;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tasks;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage;
using Cluster.Storage.Snapshots;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cluster.ParameterStore;

/// <summary>What makes a process a ps task, or, in Standalone, several.</summary>
public static class ParameterStoreServices
{
    private const int ConnectionWindowBytes = 64 << 20;
    private const int StreamWindowBytes = 16 << 20;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <param name="builder">The process's builder.</param>
    /// <param name="count">Ps tasks in this process, each with a lease and shards of its own.</param>
    public static WebApplicationBuilder AddParameterStores(this WebApplicationBuilder builder, int count)
    {
        builder.Services.AddOptions<ParameterStoreOptions>().BindConfiguration(ParameterStoreOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new ParameterStorePool(count, services));
        builder.Services.AddHostedService(services => services.GetRequiredService<ParameterStorePool>());
        builder.Services.AddHostedService<ShardSweeper>();
        builder.Services.AddSingleton<ParameterStoreMetrics>();
        builder.Services.AddSingleton<MemoryBudget>();
        builder.Services.AddStorage();
        builder.Services.AddSingleton(services => new SnapshotWriter(
            services.GetRequiredKeyedService<IConnectionMultiplexer>(RedisExtensions.Bulk),
            services.GetRequiredService<IOptions<ParameterStoreOptions>>().Value.SnapshotTimeToLive));
        builder.Services.AddSingleton<ShardContext>();
        builder.Services.AddHealthChecks().AddCheck<ParameterStoreHealthCheck>("parameter-store");
        builder.Services.AddGrpc().AddServiceOptions<ExchangeGrpcService>(exchange =>
        {
            exchange.MaxReceiveMessageSize = FrameLimits.MaxBytes;
            exchange.MaxSendMessageSize = FrameLimits.MaxBytes;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Streams live as long as their worker and may be silent for long; frames are bounded by themselves.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
            // A worker whose machine is gone says nothing; its streams are others' to have.
            kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlive;
            kestrel.Limits.Http2.KeepAlivePingTimeout = KeepAlive;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        });
        return builder;
    }

    public static WebApplication MapParameterStore(this WebApplication app)
    {
        app.MapGrpcService<ParameterGrpcService>();
        app.MapGrpcService<ExchangeGrpcService>();
        return app;
    }
}
