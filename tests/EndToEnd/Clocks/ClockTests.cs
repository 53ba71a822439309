using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;
using Cluster.EndToEnd.Training;

namespace Cluster.EndToEnd.Clocks;

/// <summary>Times of day that jump in the middle of a training: those of the services change nothing, Redis's costs every lease.</summary>
public sealed class ClockTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 60;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Past every lease (5 s), short of the time for which data is kept.
    private static readonly TimeSpan PastLeases = TimeSpan.FromSeconds(30);

    [Fact(Timeout = TestLimit)]
    public async Task Jump_AnyProcess_CountsEveryExampleOnceAndKeepsTheBits()
    {
        Assert.SkipWhen(MovableClock.Missing is not null, MovableClock.Missing ?? "");
        MovableClock coordinator = Own(new MovableClock()), stores = Own(new MovableClock()), workers = Own(new MovableClock()), redis = Own(new MovableClock());
        var cluster = await StartClusterAsync(new TestClusterOptions(Workers: 2)
        {
            ParameterStores = 2,
            TestModels = true,
            CoordinatorEnvironment = new Dictionary<string, string>(coordinator.Environment) { ["Coordinator__SegmentDuration"] = "00:00:00.3" },
            ParameterStoreEnvironment = stores.Environment,
            WorkerEnvironment = workers.Environment,
            RedisEnvironment = redis.Environment,
        });
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, Epochs);
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        var begun = await UntilAsync(cluster, job, "a part is committed", j => j.Training is { CommittedClock: > 0 });

        coordinator.Move(Hour);
        stores.Move(-Hour);
        workers.Move(2 * Hour);
        var apart = await UntilCommitsAsync(cluster, job, begun);
        coordinator.Move(-Hour);
        stores.Move(Hour);
        workers.Move(-2 * Hour);
        var across = await UntilCommitsAsync(cluster, job, apart);
        Assert.Equal((JobState.Running, begun.Training!.Generations), (across.State, across.Training!.Generations));

        // Every lease ends at once: workers and ps tasks take others, the next generation goes on from the last commit.
        var leases = (await cluster.Client.ListTasksAsync(Ct)).ToDictionary(task => task.Instance, task => task.Incarnation);
        redis.Move(PastLeases);
        await Poll.UntilAsync("every task has a new lease", () => cluster.Client.ListTasksAsync(Ct),
            tasks => tasks.Count == leases.Count && tasks.All(task => !leases.ContainsValue(task.Incarnation)), Limit, Ct);
        redis.Move(-Hour);

        var ended = await EndAsync(cluster, job);
        AssertCounted(spec, ended);
        Assert.True(ended.Training!.Generations > across.Training.Generations);
        await cluster.UntilWholeAsync(Ct);
    }

    private static Task<JobInfo> UntilCommitsAsync(TestCluster cluster, JobInfo job, JobInfo before) => UntilAsync(
        cluster, job, "segments are committed that began after the jump", j => j.Training!.Commits >= before.Training!.Commits + 3);
}
