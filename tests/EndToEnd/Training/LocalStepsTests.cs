using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Synchronous jobs with local steps: the bits of one loop on one thread, and every example once an epoch, whoever computes and whatever dies.</summary>
public sealed class LocalStepsTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Passes = 6;
    private const int LongEpochs = 60;

    [Fact(Timeout = TestLimit)]
    public async Task Train_AnyNumberOfWorkersAndStores_GivesTheSameBits()
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await cluster.UploadAsync("plane", "y", TestData.Plane, Ct);
        foreach (var stores in (int[])[1, 2])
            await AssertBitsAsync(cluster, stores);
        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StopAsync(Ct)));
        Assert.Single(await cluster.WorkerTasksAsync(Ct));
        await AssertBitsAsync(cluster, stores: 2);

        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);
    }

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

    // Lanes that are no power of two; an epoch of 149 examples is a whole round of 7·2·3, and others of which the last leaves lanes with less than a round.
    private static async Task AssertBitsAsync(TestCluster cluster, int stores)
    {
        foreach (var (lanes, localSteps) in ((int, int)[])[(1, 4), (7, 3), (8, 5)])
        {
            var spec = new TrainingSpec
            {
                Data = "plane",
                Label = "y",
                Mode = TrainingNames.Sync,
                Lanes = lanes,
                Batch = 2,
                Epochs = Passes * lanes,
                LearningRate = 0.05f,
                Seed = 3,
                ParameterStores = stores,
                LocalSteps = localSteps,
            };
            var expected = SequentialTraining.Linear(spec, TestData.Load(TestData.Plane, "y"), new float[4]);

            var model = await TrainAsync(cluster, spec);

            Assert.Equal(SequentialTraining.Fingerprint(expected), model.Fingerprint);
            Assert.Equal((long)spec.Epochs * 149, model.Examples);
            Assert.Equal(spec.Epochs * (((149 - 1) / (lanes * 2 * localSteps)) + 1), model.Steps);
        }
    }
}
