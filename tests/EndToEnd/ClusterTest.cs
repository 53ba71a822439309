using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd;

/// <summary>A test with clusters of its own: gone after it, however it ended, and their logs shown if it failed.</summary>
public abstract class ClusterTest(SharedBroker broker) : IAsyncLifetime
{
    /// <summary>Limit of a test, in milliseconds, on a machine that others load.</summary>
    protected const int TestLimit = 300_000;

    private const int ShownLines = 400;

    private readonly List<IAsyncDisposable> _owned = [];

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>For waits whose end is certain unless something is broken.</summary>
    protected static TimeSpan Limit { get; } = TimeSpan.FromSeconds(240);

    public ValueTask InitializeAsync()
    {
        InstalledServers.Require();
        return ValueTask.CompletedTask;
    }

    protected static bool HasFailed => TestContext.Current.TestState?.Result == TestResult.Failed;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (HasFailed)
            ShowLogs(_owned.OfType<TestCluster>());
        foreach (var owned in _owned.AsEnumerable().Reverse())
            await owned.DisposeAsync();
    }

    protected static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private protected static void ShowLogs(IEnumerable<TestCluster> clusters)
    {
        foreach (var line in clusters.SelectMany(cluster => cluster.Logs()).TakeLast(ShownLines))
            Say(line);
    }

    private protected Task<string> NewVirtualHostAsync() => broker.NewVirtualHostAsync(Ct);

    private protected async Task<TestCluster> StartClusterAsync(TestClusterOptions options, RabbitMqServerProcess? ownBroker = null)
    {
        var messaging = ownBroker?.ConnectionString ?? await broker.NewVirtualHostAsync(Ct);
        var cluster = Own(await TestCluster.CreateAsync(options, messaging, Ct));
        await cluster.StartAsync(Ct);
        return cluster;
    }

    /// <summary>Disposed of after the test.</summary>
    private protected T Own<T>(T owned) where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    /// <summary>Waits for the end of a Pi job and compares its count.</summary>
    private protected static async Task<JobProgress> AssertInsideAsync(TestCluster cluster, JobInfo job, long inside)
    {
        await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);
        var ended = (await cluster.Client.GetJobAsync(job.Id, Ct)).EnsureSucceeded();
        Assert.Equal(inside, PiResult.FromJob(ended).Inside);
        Assert.Equal(ended.Progress.Total, ended.Progress.Done);
        return ended.Progress;
    }

    /// <summary>Watches a job to its end, which must be success, and collects where its items ran.</summary>
    private protected static async Task<(JobInfo Job, IReadOnlyList<Placement> Placements)> WatchAsync(TestCluster cluster, JobInfo job)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        var placements = new List<Placement>();
        await foreach (var update in cluster.Client.WatchAsync(job.Id, limit.Token))
        {
            job = update.Job;
            placements.AddRange(update.Placements);
        }

        return (job.EnsureSucceeded(), placements);
    }

    private protected static async Task<PiResult> RunPiAsync(TestCluster cluster, long points, ulong seed)
        => await cluster.Client.RunPiAsync(new PiSpec { Points = points, Seed = seed }, cancellationToken: Ct).WaitAsync(Limit, Ct);
}
