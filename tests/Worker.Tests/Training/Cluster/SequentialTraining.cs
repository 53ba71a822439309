using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Training.Data;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>The job computed one lane after the other in one thread: no ps task, no accumulator, no stream.</summary>
internal static class SequentialTraining
{
    public static float[] Run(TestJob job, long clocks)
    {
        var parameters = new float[2];
        job.Model.Initialise(job.Spec.Seed, 0, parameters);
        var optimizer = new Adagrad(job.Spec.LearningRate, job.Spec.InitialAccumulator);
        float[] slot = [job.Spec.InitialAccumulator, job.Spec.InitialAccumulator];
        var reader = new BatchReader(job.Data, job.Plan.Schedule(), job.Spec.Seed);
        for (long clock = 0; clock < clocks; clock++)
        {
            if (Sum(new LaneBlock(0, job.Spec.Lanes), lane => Lane(job, reader, lane, clock, parameters)) is not var (sum, examples)) continue;
            Assert.True(optimizer.ApplyScalar(parameters, parameters, slot, sum, examples));
        }

        return parameters;
    }

    /// <summary>value(node) = left + right, halving by the next power of two; null where no lane has an example.</summary>
    public static (float[] Sum, long Examples)? Sum(LaneBlock node, Func<int, (float[] Sum, long Examples)?> lane)
    {
        if (node.Count == 1) return lane(node.First);
        int half = 1;
        while (half * 2 < node.Count) half *= 2;
        (float[] Sum, long Examples)? left = Sum(new LaneBlock(node.First, half), lane);
        (float[] Sum, long Examples)? right = Sum(new LaneBlock(node.First + half, node.Count - half), lane);
        if (left is null || right is null) return left ?? right;
        return ([.. left.Value.Sum.Zip(right.Value.Sum, (a, b) => a + b)], left.Value.Examples + right.Value.Examples);
    }

    private static (float[] Sum, long Examples)? Lane(TestJob job, BatchReader reader, int lane, long clock, float[] parameters)
    {
        Batch batch = reader.CreateBatch();
        var sum = new float[2];
        if (reader.Read(lane, clock, batch) == 0) return null;
        job.Model.Gradient(parameters, batch, sum);
        return (sum, batch.Count);
    }
}
