using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Clocks;

/// <summary>Times of day that jump in the middle of a training: nothing is lost, and no generation either.</summary>
public sealed class ClockTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 40;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // Past every lease (5 s), short of the time for which data is kept.
    private static readonly TimeSpan PastLeases = TimeSpan.FromSeconds(30);

    [Fact(Timeout = TestLimit)]
    public async Task Jump_ServicesThenRedis_CountsEveryExampleOnceInOneGeneration()
    {
        Assert.SkipWhen(MovableClock.Missing is not null, MovableClock.Missing ?? "");
        MovableClock coordinator = Own(new MovableClock()), stores = Own(new MovableClock()), workers = Own(new MovableClock()),
            redis = Own(new MovableClock());
        var cluster = await StartClusterAsync(new TestClusterOptions(Workers: 2)
        {
            ParameterStores = 2,
            TestModels = true,
            CoordinatorEnvironment = new Dictionary<string, string>(coordinator.Environment)
            {
                ["Coordinator__SegmentDuration"] = "00:00:00.3",
                ["Coordinator__LongestSegment"] = "00:00:00.3"
            },
            ParameterStoreEnvironment = stores.Environment,
            WorkerEnvironment = workers.Environment,
            RedisEnvironment = redis.Environment,
        });
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, Epochs);
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        var begun = await UntilAsync(cluster, job, "a part is committed", j => j.Training is { CommittedClock: > 0 });

        foreach (var jump in new[] { Hour, -Hour })
        {
            coordinator.Move(jump);
            stores.Move(-jump);
            workers.Move(2 * jump);
            begun = await UntilCommittedAsync(cluster, job, begun, commits: 2);
        }

        // Every lease is over at once, and its holder's again at the next renewal; then none would end for an hour.
        foreach (var jump in new[] { PastLeases, -Hour })
        {
            redis.Move(jump);
            begun = await UntilCommittedAsync(cluster, job, begun, commits: 2);
        }

        Assert.Equal(JobState.Running, begun.State);
        var ended = await EndAsync(cluster, job);
        AssertCounted(spec, ended);
        Assert.Equal(1, ended.Training!.Generations);
        await cluster.UntilWholeAsync(Ct);
    }
}
