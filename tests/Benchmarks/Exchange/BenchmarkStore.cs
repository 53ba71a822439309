using Cluster.DataPlane.Client;
using Cluster.ParameterStore;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Security;
using Cluster.Support.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Benchmarks.Exchange;

/// <summary>One ps task on loopback in this process, with a <c>redis-server</c> of its own, and the coordinator's calls to it.</summary>
internal sealed class BenchmarkStore : IAsyncDisposable
{
    public static readonly Generation First = new(1, 1);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly V1.Generation Generation = new() { Counter = First.Counter, Random = First.Random };

    private readonly RedisServerProcess _redis;
    private readonly WebApplication _app;
    private readonly string _key;
    private readonly ExchangeChannel _channel;
    private readonly V1.Parameters.ParametersClient _control;

    private BenchmarkStore(RedisServerProcess redis, WebApplication app, string key)
    {
        (_redis, _app, _key) = (redis, app, key);
        _channel = Connect();
        _control = new V1.Parameters.ParametersClient(_channel.Invoker);
    }

    public static async Task<BenchmarkStore> StartAsync()
    {
        var redis = await RedisServerProcess.StartAsync();
        var key = ClusterKey.Generate();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString, [ClusterKey.Variable] = key });
        builder.AddServiceDefaults("parameter-store");
        builder.Logging.ClearProviders();
        builder.AddParameterStores(count: 1);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapParameterStore();
        await app.StartAsync();
        await app.Services.GetRequiredService<ParameterStorePool>().Ready.WaitAsync(StartTimeout);
        return new BenchmarkStore(redis, app, key);
    }

    /// <summary>A connection of a worker's own.</summary>
    public ExchangeChannel Connect() => new(ServerAddress.Grpc(_app.Services), _key);

    /// <summary>Opens a model with a lane and a stream for each worker, and its first segment.</summary>
    public async Task OpenAsync(string job, int length, bool isAsync, int workers, long to, V1.Optimizer? optimizer = null)
    {
        var report = await _control.OpenAsync(new V1.OpenRequest
        {
            Job = job,
            Generation = Generation,
            Shard = new V1.Shard
            {
                Lanes = workers,
                Length = length,
                Streams = workers,
                Mode = isAsync ? V1.Mode.Asynchronous : V1.Mode.Synchronous,
                Optimizer = optimizer ?? new V1.Optimizer { LearningRate = 0.1f, Scale = V1.GradientScale.Mean, Sgd = new V1.Sgd() },
                Initial = new V1.Initial { Constant = 1 },
            },
        });
        while (report.Phase != V1.Phase.Serving)
            report = await ReportAsync(job);
        await AdvanceAsync(job, 0, new Segment(0, to));
    }

    public async Task<V1.ShardReport> ReportAsync(string job) => await _control.ReportAsync(new V1.ReportRequest { Job = job });

    /// <summary>Waits until the snapshot of this clock is written.</summary>
    /// <exception cref="OperationCanceledException">It is not within the limit.</exception>
    public async Task UntilWrittenAsync(string job, long clock, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        while (await ReportAsync(job) is var report && !(report.SnapshotClock == clock && report.SnapshotWritten)) await Task.Delay(PollInterval, end.Token);
    }

    public async Task AdvanceAsync(string job, long committed, Segment segment) => await _control.AdvanceAsync(new V1.AdvanceRequest
    {
        Job = job,
        Generation = Generation,
        Committed = committed,
        Segment = new V1.Segment { From = segment.From, To = segment.To },
    });

    public async Task CloseAsync(string job) => await _control.CloseAsync(new V1.CloseRequest { Job = job, Generation = Generation });

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
