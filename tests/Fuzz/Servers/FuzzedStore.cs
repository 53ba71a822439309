using System.Runtime.InteropServices;
using System.Text;
using Cluster.ParameterStore;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tasks;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.ServiceDefaults;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Security;
using Cluster.Standalone.Embedded;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Fuzz.Servers;

/// <summary>All that a call which changes nothing must leave as it is.</summary>
/// <param name="Watched">The state of the watched shard.</param>
/// <param name="Shards">The shards that there are, and their memory.</param>
internal sealed record StoreState(string Watched, string Shards);

/// <summary>A ps process on loopback, with a job in it whose state is watched.</summary>
/// <remarks>It serves no generation of a job again that it closed. So jobs have other names after a reset:
/// <see cref="Job"/> in an input stands for the watched one.</remarks>
internal sealed class FuzzedStore : IAsyncDisposable
{
    public const string Job = Prefix + "fuzz";
    public const long MemoryBytes = 64 << 20;

    /// <summary>The generation of the watched shard.</summary>
    public static readonly Generation Open = new(1, 7);

    private const string Prefix = "job-";
    private const int MaxTries = 200;

    private static readonly Segment Segment = new(0, 1_000);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly EmbeddedRedis _redis;
    private readonly WebApplication _app;
    private readonly ErrorLog _log;
    private ulong _incarnation;
    private int _resets;

    private FuzzedStore(EmbeddedRedis redis, WebApplication app, ErrorLog log, string key)
    {
        (_redis, _app, _log) = (redis, app, log);
        Grpc = new RawGrpc(ServerAddress.Grpc(app.Services), key);
    }

    public RawGrpc Grpc { get; }

    public static V1.Shard Settings => new()
    {
        Lanes = 2,
        Length = 4,
        Streams = 3,
        Mode = V1.Mode.Synchronous,
        Optimizer = new V1.Optimizer { LearningRate = 1, Scale = V1.GradientScale.Sum, Sgd = new V1.Sgd() },
        Initial = new V1.Initial { Constant = 0.5f },
    };

    private ParameterStoreTask Task => _app.Services.GetRequiredService<ParameterStorePool>().Tasks[0];

    // As long as what it stands for: lengths in the input stay right.
    private string NewPrefix => $"{_resets % 0x10000:x4}";

    private string Watched => Named(Job);

    private MemoryBudget Budget => _app.Services.GetRequiredService<MemoryBudget>();

    public static async Task<FuzzedStore> StartAsync(CancellationToken cancellationToken)
    {
        var redis = EmbeddedRedis.Start();
        var key = ClusterKey.Generate();
        var log = new ErrorLog();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = redis.ConnectionString,
            [ClusterKey.Variable] = key,
            ["ParameterStore:MemoryBytes"] = $"{MemoryBytes}",
        });
        builder.AddServiceDefaults("parameter-store");
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddParameterStores(1);
        // The watched job is of no cluster: swept away, it would look as if an input had closed it.
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(ShardSweeper)));
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapParameterStore();
        await app.StartAsync(cancellationToken);
        await app.Services.GetRequiredService<ParameterStorePool>().Ready.WaitAsync(Limit, cancellationToken);
        var store = new FuzzedStore(redis, app, log, key);
        await store.ResetAsync();
        return store;
    }

    /// <summary>Whether the task has lost its index since the last reset, and its shards with it: on a machine so busy that a lease runs out.</summary>
    public bool IsDisturbed => Task.Incarnation != _incarnation;

    /// <summary>Runs an input again where the task lost its index while it ran, since then nothing can be said.</summary>
    public async ValueTask<bool> UndisturbedAsync(Func<Task<bool>> runAsync)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var isTaken = await runAsync();
                if (!IsDisturbed) return isTaken;
            }
            catch (Exception) when (IsDisturbed && tries < MaxTries)
            {
                // What it found is the loss.
            }

            await ResetAsync();
        }
    }

    /// <summary>Drops all shards and opens the watched one anew.</summary>
    public async Task ResetAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await System.Threading.Tasks.Task.Delay(tries * 10);
                _incarnation = Task.Incarnation;
                await OpenAsync();
                if (!IsDisturbed) return;
            }
            catch (Exception e) when (e is RpcException or ObjectDisposedException or BrokenPromiseException && tries < MaxTries
                && (IsDisturbed || !Task.IsReady))
            {
                // It has lost its index meanwhile.
            }
        }
    }

    /// <summary>A body with the names that jobs have now.</summary>
    public byte[] Addressed(byte[] body) => Encoding.Latin1.GetBytes(Named(Encoding.Latin1.GetString(body)));

    public async Task<StoreState> StateAsync()
    {
        var watched = Task.TryFind(Watched, out var shard)
            ? await shard.Loop.CallAsync(() => Describe(shard.Loop.Shard))
            : "the watched shard is gone";
        return new StoreState(watched, $"{string.Join(',', Task.Unattended().Order(StringComparer.Ordinal))}; {Budget.Used} bytes");
    }

    /// <summary>Waits until no stream is attached, and says how many pushes were admitted so far.</summary>
    public async Task<long> DetachedAsync()
    {
        if (!Task.TryFind(Watched, out var shard)) throw new BrokenPromiseException("the watched shard is gone");
        await UntilAsync(shard, _ => shard.Loop.Streams == 0, "a stream stays attached");
        return await shard.Loop.CallAsync(() => shard.Loop.Shard.Count(PushOutcome.Admitted));
    }

    /// <summary>Whether more shards than the watched one are open.</summary>
    public bool IsCrowded => Task.Unattended().Count > 16 || Budget.Used > MemoryBytes / 2;

    /// <summary>Throws where something was logged that no input may bring about.</summary>
    public void RequireQuiet()
    {
        if (_log.Take() is { } logged) throw new BrokenPromiseException(logged);
        Promise.That(Budget.Used is >= 0 and <= MemoryBytes, $"{Budget.Used} bytes are reserved");
    }

    public async ValueTask DisposeAsync()
    {
        Grpc.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _redis.Dispose();
    }

    private async Task OpenAsync()
    {
        foreach (var job in Task.Unattended()) Task.Drop(job);
        _resets++;
        var shard = Task.FindOrCreate(Watched, Settings, Open) ?? throw new BrokenPromiseException("the watched shard cannot be opened");
        await shard.OpenAsync(Open, committed: null);
        await UntilAsync(shard, task => task.Phase == ShardPhase.Serving, "the watched shard does not open");
        await shard.AdvanceAsync(Open, 0, Segment);
    }

    private string Named(string text) => text.Replace(Prefix, NewPrefix, StringComparison.Ordinal);

    private static string Describe(Shard task)
    {
        var isThere = task.TryGetVersion(task.Version, out var parameters);
        return $"{task.Generation} {task.Phase} version {task.Version} segment {task.Segment.From} to {task.Segment.To} clocks "
            + $"{string.Join(',', task.LaneClocks.ToArray())} examples {task.Examples} copy {task.Snapshot.Clock} "
            + $"parameters {(isThere ? Convert.ToHexString(MemoryMarshal.AsBytes(parameters.Values)) : "none")} vectors {task.Vectors.Available}";
    }

    private static async Task UntilAsync(ShardHost shard, Func<Shard, bool> condition, string otherwise)
    {
        for (var waits = 0; !await shard.Loop.CallAsync(() => condition(shard.Loop.Shard)); waits++)
        {
            Promise.That(waits < 10_000, otherwise);
            await System.Threading.Tasks.Task.Delay(1);
        }
    }
}
