using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Training that was stopped, killed, moved to a file and gone on with, on other numbers of processes: the bits of one loop on one thread.</summary>
public sealed class ContinuationTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Rows = 149, Epochs = 200;

    // An epoch of 149 examples takes six steps of 7 · 4.
    private const long Steps = 6 * Epochs;

    private static readonly TrainingSpec Spec = new()
    {
        Data = "plane",
        Label = "y",
        Lanes = 7,
        Batch = 4,
        Epochs = Epochs,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 3,
        ParameterStores = 3,
        CheckpointEverySteps = Steps / 5,
        KeepCheckpoints = 4,
    };

    [Fact(Timeout = TestLimit)]
    public async Task Train_CutInTheMiddleAndContinuedThreeWays_GivesTheSameBits()
    {
        var cluster = await ShareClusterAsync(ShortSegments);
        await cluster.UploadAsync("plane", "y", TestData.Plane, Ct);
        var expected = SequentialTraining.Fingerprint(SequentialTraining.Linear(Spec, TestData.Load(TestData.Plane, "y"), new float[4]));

        // Cancelled in the middle, on three ps tasks; resumed on one, then on two with a single worker.
        var job = await cluster.Client.SubmitAsync(Spec with { Epochs = 1_000_000 }, cancellationToken: Ct);
        await Poll.UntilAsync("a commit", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Training is { CommittedClock: > 0 }, Limit, Ct);
        await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);
        var cancelled = await cluster.Client.GetJobAsync(job.Id, Ct);
        Say(FormattableString.Invariant($"cancelled at step {cancelled.Training!.CommittedClock} of {Steps}"));
        Assert.InRange(cancelled.Training!.CommittedClock, 1, Steps - 1);
        AssertWhole(expected, await TrainAsync(cluster, Spec with { From = job.Id, ParameterStores = 1 }));

        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StopAsync(Ct)));
        var undisturbed = await TrainAsync(cluster, Spec with { From = job.Id, ParameterStores = 2 });
        AssertWhole(expected, undisturbed);

        // Through a file: exported at a checkpoint, imported under a name, gone on with.
        var kept = await cluster.Client.ListCheckpointsAsync(undisturbed.JobId, Ct);
        var middle = kept.First(checkpoint => checkpoint.Clock is > 0 and < Steps);
        var file = Path.Combine(Path.GetTempPath(), $"{middle.Id}.safetensors");
        await cluster.Client.ExportCheckpointAsync(middle.Id, file, cancellationToken: Ct);
        var imported = await cluster.Client.ImportCheckpointAsync(file, "middle", cancellationToken: Ct);
        File.Delete(file);
        Assert.Equal((middle.Clock, middle.Examples, middle.Fingerprint), (imported.Clock, imported.Examples, imported.Fingerprint));
        AssertWhole(expected, await TrainAsync(cluster, Spec with { From = "middle" }));
        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Resume_CoordinatorAndStoreKilledWhileItContinues_GivesTheSameBits()
    {
        var cluster = await ShareClusterAsync(ShortSegments);
        await cluster.UploadAsync("plane", "y", TestData.Plane, Ct);
        var spec = Spec with { ParameterStores = 2, Epochs = 3 * Epochs };
        var expected = SequentialTraining.Fingerprint(SequentialTraining.Linear(spec, TestData.Load(TestData.Plane, "y"), new float[4]));
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        await Poll.UntilAsync("a commit", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Training is { CommittedClock: > 0 }, Limit, Ct);
        await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct);

        var resumed = await cluster.Client.ResumeAsync(job.Id, cancellationToken: Ct);
        await cluster.Coordinator.KillAsync(Ct);
        await cluster.Coordinator.StartAsync(Ct);
        var running = await Poll.UntilAsync("it runs", () => cluster.Client.GetJobAsync(resumed.Id, Ct),
            j => j is { State: JobState.Running, Training.Generations: > 0 }, Limit, Ct);
        var store = await cluster.ParameterStoreAsync(0, Ct);
        await store.KillAsync(Ct);
        await store.StartAsync(Ct);

        var ended = await cluster.Client.WaitAsync(resumed.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);
        var model = TrainedModel.FromJob(ended.EnsureSucceeded());
        Assert.Equal(expected, model.Fingerprint);
        Assert.Equal(3L * Epochs * Rows, model.Examples);
        Assert.True(ended.Training!.Generations > running.Training!.Generations, "the ps task was killed when the job had ended");
        await cluster.UntilWholeAsync(Ct);
    }

    private static void AssertWhole(string expected, TrainedModel model)
    {
        Assert.Equal(expected, model.Fingerprint);
        Assert.Equal((Steps, (long)Epochs * Rows), (model.Steps, model.Examples));
    }
}
