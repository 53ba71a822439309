using Cluster.Client;
using Cluster.Coordinator;
using Cluster.ParameterStore;
using Cluster.ParameterStore.Tasks;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Messaging;
using Cluster.ServiceDefaults.Security;
using Cluster.Worker;
using Cluster.Worker.Slots;

namespace Cluster.Standalone.Embedded;

/// <summary>A whole cluster in this process: the services' own code on an embedded Redis and an in-memory bus.</summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly EmbeddedRedis _redis;
    private readonly WebApplication _app;

    private EmbeddedCluster(EmbeddedRedis redis, WebApplication app, string key)
    {
        (_redis, _app) = (redis, app);
        Connection = new ClusterConnection(ServerAddress.Grpc(app.Services), key);
    }

    /// <summary>Where the coordinator answers, and its key.</summary>
    public ClusterConnection Connection { get; }

    /// <summary>The worker tasks.</summary>
    public WorkerPool Workers => _app.Services.GetRequiredService<WorkerPool>();

    /// <summary>The services of the cluster's process.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a cluster and returns when its workers take work and its ps tasks serve.</summary>
    /// <param name="options">How many workers and ps tasks, and how much is logged.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">Some part did not start in half a minute.</exception>
    public static async Task<EmbeddedCluster> StartAsync(EmbeddedClusterOptions options, CancellationToken cancellationToken)
    {
        var key = ClusterKey.Generate();
        var starting = Task.Run(EmbeddedRedis.Start, cancellationToken);
        var app = Build(options, key);
        EmbeddedRedis? redis = null;
        try
        {
            redis = await starting;
            app.Configuration["ConnectionStrings:redis"] = redis.ConnectionString;
            await app.StartAsync(cancellationToken);
            await Task.WhenAll(app.Services.GetRequiredService<WorkerPool>().Ready, app.Services.GetRequiredService<ParameterStorePool>().Ready)
                .WaitAsync(StartTimeout, cancellationToken);
            return new EmbeddedCluster(redis, app, key);
        }
        catch
        {
            await app.DisposeAsync();
            redis?.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.StopAsync();
        }
        catch (Exception e) when (e is OperationCanceledException
            || e is AggregateException all && all.InnerExceptions.All(inner => inner is OperationCanceledException))
        {
            // What has not stopped within the host's time limit loses nothing that is kept.
        }

        await _app.DisposeAsync();
        _redis.Dispose();
    }

    private static WebApplication Build(EmbeddedClusterOptions options, string key)
    {
        // Beside the binaries, so that the current folder's settings are not read by mistake.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:messaging"] = ClusterBusExtensions.InMemory,
            [ClusterKey.Variable] = key,
            ["urls"] = null,
            [ClusterEndpoints.GrpcUrlVariable] = null,
            // It listens on loopback alone.
            [ClusterTls.CertificateFile] = null,
            [ClusterTls.KeyFile] = null,
            [ClusterTls.AuthorityFile] = null,
            [ClusterTls.ClientAuthorityFile] = null,
            [ClusterKey.SecondVariable] = null,
            // It promises nothing beyond its end: its Redis is in this process and ends with it.
            [$"{CoordinatorOptions.Section}:{nameof(CoordinatorOptions.AcceptUnsafeRedis)}"] = "true",
            ["Worker:Cores"] = $"{Math.Max(1, Environment.ProcessorCount / options.Workers)}",
        });
        builder.AddServiceDefaults("standalone");
        builder.Logging.ClearProviders().SetMinimumLevel(options.LogLevel);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.AddCoordinator();
        builder.AddParameterStores(options.ParameterStores);
        builder.AddWorkers(options.Workers);
        options.Configure(builder.Services);
        builder.AddClusterBus(CoordinatorServices.AddConsumers, WorkerServices.AddConsumers);

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapCoordinator();
        app.MapParameterStore();
        return app;
    }
}
