using Cluster.Compute.Cpu;
using Cluster.Compute.Optimizers;
using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;

namespace Cluster.Worker.Tests.Training.Cluster;

/// <summary>The job computed one lane after the other in one thread: no ps task, no accumulator, no stream.</summary>
internal static class SequentialTraining
{
    public static float[] Run(TestJob job, long clocks)
    {
        var parameters = new float[job.Plan.Parameters];
        job.Model.Initialise(job.Spec.Seed, 0, parameters);
        var optimizer = new Adagrad(job.Spec.LearningRate, job.Spec.InitialAccumulator);
        var slot = new float[parameters.Length];
        Array.Fill(slot, job.Spec.InitialAccumulator);
        var reader = new BatchReader(job.Data, job.Plan.Schedule(), job.Spec.Seed);
        using var cpu = new CpuDevice(cores: 1);
        using var stream = cpu.OpenStream();
        using var session = job.Model.Open(stream, reader.CreateBatch().Capacity);
        for (long clock = 0; clock < clocks; clock++)
        {
            session.Load(parameters);
            if (Sum(new LaneBlock(0, job.Spec.Lanes), lane => Lane(session, reader, lane, clock, parameters.Length)) is not var (sum, examples)) continue;
            Assert.True(optimizer.ApplyScalar(parameters, parameters, slot, sum, examples));
        }

        return parameters;
    }

    /// <summary>value(node) = left + right, halving by the next power of two; null where no lane has an example.</summary>
    public static (float[] Sum, long Examples)? Sum(LaneBlock node, Func<int, (float[] Sum, long Examples)?> lane)
    {
        if (node.Count == 1) return lane(node.First);
        var half = 1;
        while (half * 2 < node.Count) half *= 2;
        var left = Sum(new LaneBlock(node.First, half), lane);
        var right = Sum(new LaneBlock(node.First + half, node.Count - half), lane);
        if (left is null || right is null) return left ?? right;
        return ([.. left.Value.Sum.Zip(right.Value.Sum, (a, b) => a + b)], left.Value.Examples + right.Value.Examples);
    }

    private static (float[] Sum, long Examples)? Lane(IModelSession session, BatchReader reader, int lane, long clock, int parameters)
    {
        var batch = reader.CreateBatch();
        var sum = new float[parameters];
        if (reader.Read(lane, clock, batch) == 0) return null;
        session.Gradient(batch, sum);
        return (sum, batch.Count);
    }
}
