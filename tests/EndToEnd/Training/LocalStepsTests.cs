using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>A synchronous job with local steps that loses a worker. Its bits on any number of processes are in <see cref="TrainingBitsTests"/>.</summary>
public sealed class LocalStepsTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int LongEpochs = 20;

    [Fact(Timeout = TestLimit)]
    public async Task Kill_Worker_EveryExampleCountsOnceAndTheBitsStay()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var spec = Counting(TrainingNames.Sync, LongEpochs) with { LocalSteps = 3 };
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        var before = await UntilAsync(cluster, job, "a part is committed", j => j.Progress.Fraction > 0.1 && j.Training is { CommittedClock: > 0 });
        Assert.InRange(before.Progress.Fraction, 0.1, 0.8);

        var victim = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        await victim.KillAsync(Ct);

        AssertCounted(spec, await EndAsync(cluster, job));
        await victim.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
    }
}
