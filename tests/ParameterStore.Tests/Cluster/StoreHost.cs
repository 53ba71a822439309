using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Security;
using Cluster.Storage.Registry;
using Cluster.Support.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests.Cluster;

/// <summary>A ps process with two tasks on loopback, and a Redis server of its own.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    public const int Tasks = 2;
    public const string Job = "job-1";
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    public static readonly Generation First = new(1, 7);

    private readonly TimeSpan? _sendTimeout;
    private readonly TimeProvider _time;
    private WebApplication _app;

    private StoreHost(RedisServerProcess redis, WebApplication app, string key, RecordingLog log, TimeSpan? sendTimeout, TimeProvider time)
    {
        (Redis, _app, Key, Log, _sendTimeout, _time) = (redis, app, key, log, sendTimeout, time);
        Connect();
    }

    public RedisServerProcess Redis { get; }

    /// <summary>Warnings and errors of the process.</summary>
    public RecordingLog Log { get; }

    public string Key { get; }

    public ExchangeChannel Channel { get; private set; } = null!;

    public V1.Parameters.ParametersClient Control { get; private set; } = null!;

    public Uri Address => ServerAddress.Grpc(_app.Services);

    public RedisRegistry Registry => _app.Services.GetRequiredService<RedisRegistry>();

    public ParameterStorePool Pool => _app.Services.GetRequiredService<ParameterStorePool>();

    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="sendTimeout">For tests of workers that do not read; by default one that a busy machine does not exceed.</param>
    /// <param name="time">The process's clock; by default the system's.</param>
    public static async Task<StoreHost> StartAsync(CancellationToken cancellationToken, TimeSpan? sendTimeout = null, TimeProvider? time = null)
    {
        Assert.SkipWhen(RedisServerProcess.FindExecutable() is null, "redis-server is not installed");
        var redis = await RedisServerProcess.StartAsync(cancellationToken: cancellationToken);
        var key = ClusterKey.Generate();
        var log = new RecordingLog();
        time ??= TimeProvider.System;
        return new StoreHost(redis, await StartAppAsync(redis, key, log, sendTimeout, time, cancellationToken), key, log, sendTimeout, time);
    }

    /// <summary>Asks the process's host to end, while the workers stay.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <summary>Ends the process's host and starts another one: tasks with other incarnations and without shards.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        Channel.Dispose();
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
        _app = await StartAppAsync(Redis, Key, Log, _sendTimeout, _time, cancellationToken);
        Connect();
    }

    public static V1.Shard Settings(int length, int lanes = 1, long offset = 0, bool isAsync = false, bool usesAdagrad = false) => new()
    {
        Lanes = lanes,
        Length = length,
        Offset = offset,
        Streams = 4,
        Mode = isAsync ? V1.Mode.Asynchronous : V1.Mode.Synchronous,
        Optimizer = usesAdagrad
            ? new V1.Optimizer { LearningRate = 0.3f, Scale = V1.GradientScale.Mean, Adagrad = new V1.Adagrad { InitialAccumulator = 0.1f } }
            : new V1.Optimizer { LearningRate = 1, Scale = V1.GradientScale.Sum, Sgd = new V1.Sgd() },
        Initial = new V1.Initial { Constant = 0.5f },
    };

    /// <summary>Opens a shard on the first task and its first segment, of a thousand clocks where not said otherwise.</summary>
    public async Task OpenAsync(V1.Shard settings, CancellationToken cancellationToken, long to = 1_000)
    {
        await OpenAsync(settings, 0, First, null, cancellationToken);
        await AdvanceAsync(0, First, 0, 0, to, cancellationToken);
    }

    /// <summary>Opens a shard and waits until it serves.</summary>
    public async Task OpenAsync(V1.Shard settings, int task, Generation generation, V1.Snapshot? committed, CancellationToken cancellationToken)
    {
        await Control.OpenAsync(new V1.OpenRequest
        {
            Job = Job,
            Task = task,
            Generation = Message(generation),
            Shard = settings,
            Committed = committed,
        }, cancellationToken: cancellationToken);
        await UntilAsync(task, report => report.Phase is V1.Phase.Serving, cancellationToken);
    }

    public async Task AdvanceAsync(int task, Generation generation, long committed, long from, long to, CancellationToken cancellationToken) =>
        await Control.AdvanceAsync(new V1.AdvanceRequest
        {
            Job = Job,
            Task = task,
            Generation = Message(generation),
            Committed = committed,
            Segment = new V1.Segment { From = from, To = to },
        }, cancellationToken: cancellationToken);

    /// <summary>Asks for reports until one is as expected.</summary>
    public async Task<V1.ShardReport> UntilAsync(int task, Func<V1.ShardReport, bool> isExpected, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var report = await Control.ReportAsync(new V1.ReportRequest { Job = Job, Task = task }, cancellationToken: limit.Token);
            if (isExpected(report)) return report;
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }
    }

    /// <summary>A stream that is attached to the first generation on a task.</summary>
    public async Task<ExchangeStream> AttachAsync(RecordingSink sink, ulong worker, CancellationToken cancellationToken)
    {
        var stream = new ExchangeStream(Channel.Invoker, 0, sink, cancellationToken);
        _ = stream.RunAsync();
        await stream.AttachAsync(Job, First, worker);
        Assert.Equal(PushOutcome.Admitted, await sink.NextAsync<PushOutcome>(cancellationToken));
        return stream;
    }

    public ShardLoop Loop(int task) => Pool.Find(task)!.TryFind(Job, out var shard) ? shard.Loop : throw new InvalidOperationException();

    public static V1.Generation Message(Generation generation) => new() { Counter = generation.Counter, Random = generation.Random };

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await Redis.DisposeAsync();
    }

    private void Connect()
    {
        Channel = new ExchangeChannel(Address, Key);
        Control = new V1.Parameters.ParametersClient(Channel.Invoker);
    }

    private static async Task<WebApplication> StartAppAsync(
        RedisServerProcess redis, string key, RecordingLog log, TimeSpan? sendTimeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = redis.ConnectionString,
            [ClusterKey.Variable] = key,
            ["ParameterStore:SendTimeout"] = $"{sendTimeout ?? Limit}",
        });
        builder.AddServiceDefaults("parameter-store");
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.AddParameterStores(Tasks);
        builder.Services.AddSingleton(time);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapParameterStore();
        await app.StartAsync(cancellationToken);
        await app.Services.GetRequiredService<ParameterStorePool>().Ready.WaitAsync(Limit, cancellationToken);
        return app;
    }
}
