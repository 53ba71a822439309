using Cluster.Client;
using Cluster.Contracts.Data;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;
using Cluster.Storage.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cluster.Fuzz.Servers;

/// <summary>A whole cluster in this process with something in it to be asked for: a job that has ended, its checkpoint under a name, a data set.</summary>
internal sealed class FuzzedCluster : IAsyncDisposable
{
    /// <summary>The job that has ended.</summary>
    public const string EndedJob = "job-kept";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly EmbeddedCluster _cluster;
    private readonly ClusterClient _client;
    private readonly ErrorLog _log;
    private readonly RedisContent _content;
    private IReadOnlyDictionary<string, KeyContent> _base = new Dictionary<string, KeyContent>();

    private FuzzedCluster(EmbeddedCluster cluster, ErrorLog log)
    {
        (_cluster, _log) = (cluster, log);
        _client = ClusterClient.Connect(cluster.Connection);
        Grpc = new RawGrpc(cluster.Connection.Address, cluster.Connection.Key);
        _content = new RedisContent(cluster.Services.GetRequiredService<IConnectionMultiplexer>());
    }

    public RawGrpc Grpc { get; }

    public ClusterClient Client => _client;

    public IServiceProvider Services => _cluster.Services;

    public static async Task<FuzzedCluster> StartAsync(CancellationToken cancellationToken)
    {
        var log = new ErrorLog();
        var embedded = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions
        {
            Workers = 2,
            Configure = services =>
            {
                services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log);
                services.Configure<Coordinator.CoordinatorOptions>(options =>
                    (options.DataMaxBytes, options.CheckpointMaxBytes, options.PlacementTimeout) = (1 << 20, 1 << 20, TimeSpan.FromHours(1)));
                services.Configure<ParameterStore.ParameterStoreOptions>(options => options.MemoryBytes = FuzzedStore.MemoryBytes);
            },
        }, cancellationToken);
        var cluster = new FuzzedCluster(embedded, log);
        await cluster.FillAsync(cancellationToken);
        return cluster;
    }

    /// <summary>What is stored differs from what was at first by this; empty where it does not.</summary>
    public async Task<string> DifferenceAsync() => RedisContent.Difference(_base, await _content.ReadAsync());

    /// <summary>Throws where what was stored at first has changed: a data set, a kept checkpoint, a job that had ended.
    /// The index of jobs may have grown.</summary>
    public async Task RequireBaseAsync()
    {
        var there = await _content.ReadAsync();
        var difference = RedisContent.Difference(Kept(_base), Kept(there.Where(entry => _base.ContainsKey(entry.Key))));
        Promise.That(difference.Length == 0, $"an input since the jobs were ended last changed what is no part of a running job: {difference}");
    }

    /// <summary>Ends all jobs and puts back what was stored at first.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var database = _content.Database;
        for (var waits = 0; await database.SetMembersAsync(JobKeys.Open) is { Length: > 0 } open; waits++)
        {
            Promise.That(waits < 6_000, $"job {open[0]} does not end");
            foreach (var id in open) await CancelAsync((string)id!, cancellationToken);
            await Task.Delay(10, cancellationToken);
        }

        for (var tries = 0; await DifferenceAsync() is { Length: > 0 } difference; tries++)
        {
            // What a runner did last may come after it.
            Promise.That(tries < 6_000, $"it does not come to rest: {difference}");
            await _content.WriteAsync(_base);
            if (tries > 0) await Task.Delay(10, cancellationToken);
        }
    }

    /// <summary>Throws where something was logged that no input may bring about.</summary>
    public void RequireQuiet()
    {
        if (_log.Take() is { } logged) throw new BrokenPromiseException(logged);
    }

    public async ValueTask DisposeAsync()
    {
        Grpc.Dispose();
        await _client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private static Dictionary<string, KeyContent> Kept(IEnumerable<KeyValuePair<string, KeyContent>> content) =>
        new(content.Where(entry => entry.Key is not (JobKeys.All or JobKeys.Open)), StringComparer.Ordinal);

    private async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await _client.CancelAsync(id, cancellationToken: cancellationToken);
        }
        catch (Client.Errors.ClusterException)
        {
            // Not there, or not any more.
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        using (var rows = new MemoryStream("x,y\n1,2\n2,4\n3,6\n4,8\n"u8.ToArray()))
            await _client.LoadDataAsync(rows, new DataImport { Source = "rows.csv", Label = "y", Name = "rows" }, cancellationToken: cancellationToken);
        var model = await _client.TrainAsync(
            new TrainingSpec { Lanes = 2, Batch = 5, Epochs = 2, Optimizer = TrainingNames.Adagrad, LearningRate = 0.8f, Seed = 3 },
            cancellationToken: cancellationToken).WaitAsync(Limit, cancellationToken);
        await _client.KeepCheckpointAsync(model.JobId, "kept", cancellationToken);
        await _content.CopyJobAsync(model.JobId, EndedJob);
        await Task.Delay(200, cancellationToken);
        _base = await _content.ReadAsync();
    }
}
