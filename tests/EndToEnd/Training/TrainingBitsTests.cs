using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>A synchronous job gives the bits of one loop on one thread, whoever computes it.</summary>
public sealed class TrainingBitsTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Passes = 4, LongPasses = 20, LocalPasses = 3;
    private const int Rows = 149;

    // The first takes 32 steps, the second up to 256; the rest of the long jobs is more than a tenth of a second can hold.
    private const long LeastShortSegments = 4;
    private static readonly int[] Lanes = [1, 7, 8];

    // Lanes that are no power of two; an epoch of 149 examples is a whole round of 7·2·3, and others of which the last leaves lanes with less than a round.
    private static readonly (int Lanes, int Steps)[] Rounds = [(1, 4), (7, 3), (8, 5)];

    /// <summary>Lines with and without local steps, and a perceptron that Standalone trains too: with 5 workers on 1, 2 and 3 ps tasks,
    /// with 2 and 1 workers on 2.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Train_AnyNumberOfWorkersAndStores_GivesTheSameBits()
    {
        var perceptron = Digits.Perceptron(TrainingNames.Sync, 0.01f) with { Epochs = 4 };
        var expected = await Digits.StandaloneFingerprintAsync(perceptron, Ct);
        var cluster = await ShareClusterAsync(FiveWorkers);
        await UploadAsync(cluster);
        await Digits.UploadAsync(cluster, Ct);

        foreach (var stores in (int[])[1, 2, 3])
            await AssertAllAsync(stores);
        foreach (var workers in (int[])[2, 1])
        {
            await Task.WhenAll(cluster.Workers.Skip(workers).Take((await cluster.WorkerTasksAsync(Ct)).Length - workers)
                .Select(worker => worker.StopAsync(Ct)));
            Assert.Equal(workers, (await cluster.WorkerTasksAsync(Ct)).Length);
            await AssertAllAsync(stores: 2);
        }

        await Task.WhenAll(cluster.Workers.Skip(1).Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);

        async Task AssertAllAsync(int stores)
        {
            await AssertBitsAsync(cluster, stores, Passes);
            await AssertLocalStepsAsync(cluster, stores);
            Assert.Equal(expected, (await TrainAsync(cluster, perceptron with { ParameterStores = stores })).Fingerprint);
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_ShortSegments_GiveTheSameBitsAndAnotherSeedOthers()
    {
        var cluster = await ShareClusterAsync(ShortSegments);
        await UploadAsync(cluster);
        var segments = await AssertBitsAsync(cluster, stores: 2, LongPasses);
        Say($"segments of the jobs: {string.Join(", ", segments)}");
        Assert.All(segments, count => Assert.InRange(count, LeastShortSegments, long.MaxValue));
        var first = await TrainAsync(cluster, Spec(8, stores: 2, Passes));
        var other = await TrainAsync(cluster, Spec(8, stores: 2, Passes) with { Seed = 4 });
        Assert.NotEqual(first.Fingerprint, other.Fingerprint);
        Assert.Equal(Expected(Spec(8, stores: 2, Passes) with { Seed = 4 }), other.Fingerprint);
    }

    /// <summary>Linear regression in some 150 steps or, in the long jobs, 750; the last of each epoch is short.</summary>
    private static TrainingSpec Spec(int lanes, int stores, int passes) => new()
    {
        Data = "plane",
        Label = "y",
        Mode = TrainingNames.Sync,
        Lanes = lanes,
        Batch = 4,
        Epochs = passes * lanes,
        Optimizer = TrainingNames.Adagrad,
        LearningRate = 0.8f,
        Seed = 3,
        ParameterStores = stores,
    };

    /// <summary>Trains with 1, 7 and 8 lanes; answers with the segments that each took.</summary>
    private static async Task<long[]> AssertBitsAsync(TestCluster cluster, int stores, int passes)
    {
        var segments = new List<long>();
        foreach (var lanes in Lanes)
        {
            var spec = Spec(lanes, stores, passes);
            var model = await TrainAsync(cluster, spec);
            Assert.Equal(Expected(spec), model.Fingerprint);
            var job = await cluster.Client.GetJobAsync(model.JobId, Ct);
            Assert.Equal(stores, job.Training!.ParameterStores);
            segments.Add(job.Training.Segments);
        }

        return [.. segments];
    }

    private static async Task AssertLocalStepsAsync(TestCluster cluster, int stores)
    {
        foreach (var (lanes, localSteps) in Rounds)
        {
            var spec = Spec(lanes, stores, LocalPasses) with
            {
                Batch = 2,
                Optimizer = TrainingNames.Sgd,
                LearningRate = 0.05f,
                LocalSteps = localSteps,
            };

            var model = await TrainAsync(cluster, spec);

            Assert.Equal(Expected(spec), model.Fingerprint);
            Assert.Equal((long)spec.Epochs * Rows, model.Examples);
            Assert.Equal(spec.Epochs * (((Rows - 1) / (lanes * 2 * localSteps)) + 1), model.Steps);
        }
    }

    private static Task UploadAsync(TestCluster cluster) => cluster.UploadAsync("plane", "y", TestData.Plane, Ct);

    private static string Expected(TrainingSpec spec)
        => SequentialTraining.Fingerprint(SequentialTraining.Linear(spec, TestData.Load(TestData.Plane, "y"), new float[4]));
}
