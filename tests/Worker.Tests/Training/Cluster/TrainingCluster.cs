using Cluster.DataPlane.Client;
using Cluster.ParameterStore;
using Cluster.ParameterStore.Tasks;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Security;
using Cluster.Storage.Training;
using Cluster.Support.Servers;
using Cluster.Worker.Slots;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>A ps process with some tasks, which workers may reach through a proxy, a Redis server of its own, and workers without a broker.</summary>
internal sealed class TrainingCluster : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly RedisServerProcess _server;
    private readonly WebApplication _app;
    private readonly List<TestWorker> _workers = [];

    private TrainingCluster(RedisServerProcess server, WebApplication app, BreakableProxy proxy, string key, IConnectionMultiplexer redis)
    {
        (_server, _app, Proxy, Key, Redis) = (server, app, proxy, key, redis);
        Channel = new ExchangeChannel(ServerAddress.Grpc(app.Services), key);
        Control = new V1.Parameters.ParametersClient(Channel.Invoker);
        Training = new RedisTraining(redis);
    }

    public BreakableProxy Proxy { get; }

    public string Key { get; }

    public string ConnectionString => _server.ConnectionString;

    /// <summary>To the ps process, not through the proxy.</summary>
    public ExchangeChannel Channel { get; }

    public IConnectionMultiplexer Redis { get; }

    public RedisTraining Training { get; }

    public V1.Parameters.ParametersClient Control { get; }

    public static async Task<TrainingCluster> StartAsync(int stores, CancellationToken cancellationToken, bool isProxied = true)
    {
        Assert.SkipWhen(RedisServerProcess.FindExecutable() is null, "redis-server is not installed");
        var server = await RedisServerProcess.StartAsync(cancellationToken: cancellationToken);
        var proxy = new BreakableProxy();
        var key = ClusterKey.Generate();
        var app = await StartStoresAsync(server, isProxied ? proxy : null, key, stores, cancellationToken);
        IConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",connectTimeout=20000,asyncTimeout=20000");
        return new TrainingCluster(server, app, proxy, key, redis);
    }

    /// <param name="cancellationToken">Ends the wait for its lease.</param>
    /// <param name="configure">Adds services.</param>
    /// <param name="device">The device of its slot, its own from then on; null for a CPU of one core.</param>
    public async Task<TestWorker> AddWorkerAsync(CancellationToken cancellationToken, Action<IServiceCollection>? configure = null, SlotDevice? device = null)
    {
        var worker = await TestWorker.StartAsync(Redis, Key, configure, device, cancellationToken);
        _workers.Add(worker);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        Channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await Proxy.DisposeAsync();
        await Redis.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task<WebApplication> StartStoresAsync(
        RedisServerProcess server, BreakableProxy? proxy, string key, int stores, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = server.ConnectionString,
            [ClusterKey.Variable] = key,
            ["ParameterStore:AdvertisedAddress"] = proxy?.Address,
        });
        builder.AddServiceDefaults("parameter-store");
        builder.Logging.ClearProviders();
        builder.AddParameterStores(stores);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapParameterStore();
        await app.StartAsync(cancellationToken);
        if (proxy is not null) proxy.Target = ServerAddress.Grpc(app.Services);
        await app.Services.GetRequiredService<ParameterStorePool>().Ready.WaitAsync(Limit, cancellationToken);
        return app;
    }
}
