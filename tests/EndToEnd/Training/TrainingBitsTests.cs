using Cluster.Client.Training;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>A synchronous job gives the bits of one loop on one thread, whoever computes it.</summary>
public sealed class TrainingBitsTests(SharedBroker broker) : ClusterTest(broker)
{
    private const int Passes = 8, LongPasses = 20;

    // The first takes 32 steps, the second up to 256; the rest of the long jobs is more than a tenth of a second can hold.
    private const long LeastShortSegments = 4;
    private static readonly int[] Lanes = [1, 7, 8];

    [Fact(Timeout = TestLimit)]
    public async Task Train_AnyNumberOfWorkersAndStores_GivesTheSameBits()
    {
        var cluster = await StartClusterAsync(new TestClusterOptions(Workers: 5) { ParameterStores = 3 });
        await UploadAsync(cluster);
        foreach (var stores in (int[])[1, 2, 3])
            await AssertBitsAsync(cluster, stores, Passes);
        foreach (var workers in (int[])[2, 1])
        {
            await Task.WhenAll(cluster.Workers.Skip(workers).Take((await cluster.WorkerTasksAsync(Ct)).Length - workers).Select(worker => worker.StopAsync(Ct)));
            Assert.Equal(workers, (await cluster.WorkerTasksAsync(Ct)).Length);
            await AssertBitsAsync(cluster, stores: 2, Passes);
        }
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_ShortSegments_GiveTheSameBitsAndAnotherSeedOthers()
    {
        var cluster = await StartClusterAsync(new TestClusterOptions
        {
            ParameterStores = 2,
            CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__SegmentDuration"] = "00:00:00.1" },
        });

        await UploadAsync(cluster);
        var segments = await AssertBitsAsync(cluster, stores: 2, LongPasses);
        Say($"segments of the jobs: {string.Join(", ", segments)}");
        Assert.All(segments, count => Assert.InRange(count, LeastShortSegments, long.MaxValue));
        var first = await TrainAsync(cluster, Spec(8, stores: 2, Passes));
        var other = await TrainAsync(cluster, Spec(8, stores: 2, Passes) with { Seed = 4 });
        Assert.NotEqual(first.Fingerprint, other.Fingerprint);
        Assert.Equal(Expected(Spec(8, stores: 2, Passes) with { Seed = 4 }), other.Fingerprint);
    }

    /// <summary>Linear regression in a few hundred steps, the last of each epoch short.</summary>
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

    private static async Task<TrainedModel> TrainAsync(TestCluster cluster, TrainingSpec spec)
        => await cluster.Client.TrainAsync(spec, cancellationToken: Ct).WaitAsync(Limit, Ct);

    private static Task UploadAsync(TestCluster cluster) => cluster.UploadAsync("plane", "y", TestData.Plane, Ct);

    private static string Expected(TrainingSpec spec)
        => SequentialTraining.Fingerprint(SequentialTraining.Linear(spec, TestData.Load(TestData.Plane, "y"), new float[4]));
}
