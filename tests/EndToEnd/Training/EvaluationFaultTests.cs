using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Evaluation and early stopping with real processes: the same figures and the same end on any number of workers, whatever is killed.</summary>
public sealed class EvaluationFaultTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    // The loss of the counting model falls by one an epoch.
    private const int End = 12;

    private static readonly TrainingSpec Spec = Counting(TrainingNames.Sync, epochs: 1_000_000) with { EvaluateEpochs = 1, Target = 0.5 - End };

    [Fact(Timeout = TestLimit)]
    public async Task Train_OnThreeWorkersAndOnOne_HasTheSameFiguresAtEachClock()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var three = await FiguresAsync(cluster, await SubmitAsync(cluster));
        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StopAsync(Ct)));

        var one = await FiguresAsync(cluster, await SubmitAsync(cluster));

        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);
        Assert.Equal(End, three.Count);
        Assert.Equal(three, one);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_WorkerAndCoordinator_TheJobStopsAtTheSameClock()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var job = await SubmitAsync(cluster);
        await UntilAsync(cluster, job, "an evaluation is decided", j => j.Training is { LastEvaluation: not null });

        var victim = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        await victim.KillAsync(Ct);
        await UntilAsync(cluster, job, "another evaluation is decided", j => j.Training!.LastEvaluation!.Clock > 2 * StepsPerEpoch);
        await cluster.Coordinator.KillAsync(Ct);
        await cluster.Coordinator.StartAsync(Ct);
        await FiguresAsync(cluster, job);

        await victim.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
    }

    /// <summary>The coordinator dies at the decisions, one after the other, wherever it is with them.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Kill_CoordinatorAtEachDecision_TheJobStopsAtTheSameClock()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var job = await SubmitAsync(cluster);
        var killed = 0;
        for (long decided = 0; killed < 4; killed++)
        {
            var now = await UntilAsync(cluster, job, "the next evaluation is decided",
                j => j.State.IsEnd() || (j.Training?.LastEvaluation?.Clock ?? 0) > decided);
            if (now.State.IsEnd()) break;
            decided = now.Training!.LastEvaluation!.Clock;
            await cluster.Coordinator.KillAsync(Ct);
            await cluster.Coordinator.StartAsync(Ct);
        }

        Say($"the coordinator was killed {killed} times");
        await FiguresAsync(cluster, job);
        await cluster.UntilWholeAsync(Ct);
        Assert.True(killed > 1);
    }

    private static long StepsPerEpoch => ((PacedRows - 1) / (Spec.Lanes * Spec.Batch)) + 1;

    private static Task<JobInfo> SubmitAsync(TestCluster cluster) => cluster.Client.SubmitAsync(Spec, cancellationToken: Ct);

    /// <summary>Waits for the end, which is that of a job of so many epochs; answers with the figures of each evaluation.</summary>
    private static async Task<List<(long Clock, double Loss)>> FiguresAsync(TestCluster cluster, JobInfo job)
    {
        var ended = await EndAsync(cluster, job);
        AssertCounted(Spec with { Epochs = End }, ended);
        var model = TrainedModel.FromJob(ended);
        Assert.Equal((End * StepsPerEpoch, End * StepsPerEpoch, End * StepsPerEpoch), (model.Steps, model.LastEvaluation!.Clock, model.BestEvaluation!.Clock));
        Assert.StartsWith("target reached: loss -", model.End, StringComparison.Ordinal);
        var points = await cluster.Client.GetSummariesAsync(job.Id, cancellationToken: Ct);
        return [.. points.Where(point => point.Values.ContainsKey("evaluation/loss")).Select(point => (point.Clock, point.Values["evaluation/loss"]))];
    }
}
