using System.Diagnostics;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Storage.Registry;
using Cluster.Storage.Training;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>A ps task that is stopped past its lease, while a spare takes its index, and then wakes up.</summary>
public sealed class ZombieTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 20;

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        ParameterStores = 3,
        TestModels = true,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.3",
            ["Coordinator__LongestSegment"] = "00:00:00.3"
        },
    };

    [Fact(Timeout = 2 * TestLimit)]
    public async Task Resume_StoreWhoseIndexASpareHas_ContributesNothingAndTakesAnotherIndex()
    {
        var cluster = await StartClusterAsync(Options);
        await UploadPacedAsync(cluster);
        var spare = await cluster.ParameterStoreAsync(2, Ct);
        await spare.StopAsync(Ct);
        var spec = Counting(TrainingNames.Sync, Epochs) with { ParameterStores = 2 };
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        var before = await UntilAsync(cluster, job, "a part is committed", j => j.Training is { CommittedClock: > 0 });
        var task = (await cluster.ParameterStoreTasksAsync(Ct))[1];
        var zombie = await cluster.ParameterStoreAsync(1, Ct);

        zombie.Suspend();
        var suspended = Stopwatch.GetTimestamp();
        await Poll.UntilAsync("the lease of index 1 is over", () => cluster.ParameterStoreTasksAsync(Ct), tasks => tasks.All(t => t.Index != 1), Limit, Ct);
        // A spare that came earlier would find index 1 kept for its holder.
        await Task.Delay(LeaseTimes.Grace, Ct);
        await spare.StartAsync(Ct);
        var holder = await cluster.UntilParameterStoreIsBackAsync(task, Ct);
        Assert.Equal(spare.Instance, holder.Instance);
        var taken = await UntilAsync(cluster, job, "the spare's generation has committed",
            j => j.Training!.Generations > before.Training!.Generations && j.Training.CommittedClock > before.Training.CommittedClock);
        SayRecovery("ps task suspended, index taken by a spare", spec.Mode, suspended);
        Assert.Equal(JobState.Running, taken.State);
        zombie.Resume();

        await Poll.UntilAsync("the zombie has another index", () => cluster.ParameterStoreTasksAsync(Ct),
            tasks => tasks.Any(t => t.Index == 2 && t.Instance.StartsWith(zombie.Instance, StringComparison.Ordinal) && t.Incarnation != task.Incarnation),
            Limit, Ct);
        var ended = await EndAsync(cluster, job);
        AssertCounted(spec, ended);
        Assert.Equal(taken.Training!.Generations, ended.Training!.Generations);
        await using var redis = await cluster.ConnectRedisAsync();
        var record = await new RedisTraining(redis).ReadAsync(job.Id);
        Assert.DoesNotContain(LeaseToken.Incarnation(task.Incarnation), record!.Protocol.Manifest!.Snapshots.Select(snapshot => snapshot.Incarnation));
    }
}
