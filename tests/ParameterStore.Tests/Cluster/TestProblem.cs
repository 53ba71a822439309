using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests.Cluster;

/// <summary>Gradients whose sum depends on the order of addition, and the run of the protocol in memory.</summary>
internal sealed class TestProblem
{
    /// <summary>A rule with two slots whose updates depend on their number as well.</summary>
    public static V1.Optimizer Rule { get; } = new()
    {
        LearningRate = 0.05f,
        Scale = V1.GradientScale.Mean,
        L2 = 0.01f,
        Adam = new V1.Adam { Beta1 = 0.9f, Beta2 = 0.99f, Epsilon = 1e-6f, WeightDecay = 0.02f },
        Schedule = new V1.Schedule { Kind = V1.ScheduleKind.Exponential, WarmupSteps = 3, DecaySteps = 20, DecayFactor = 0.5f },
    };

    public required int Lanes { get; init; }

    /// <summary>Where each range starts, and last the number of all parameters.</summary>
    public required int[] Offsets { get; init; }

    public int Length => Offsets[^1];

    /// <summary>The sum over a block's lanes, along the tree.</summary>
    public (float[] Gradient, long Examples) Gradient(LaneBlock block, long clock, ReadOnlySpan<float> parameters)
    {
        var pool = new VectorPool(Length, Lanes + 1);
        var sum = new BlockAccumulator(new BlockTree(Lanes));
        for (var lane = block.First; lane < block.End; lane++)
        {
            var gradient = pool.Rent();
            for (var i = 0; i < Length; i++)
                gradient.Values[i] = (parameters[i] * Factor(lane, clock)) - Factor(i + 3, clock + lane);
            sum.Add(new LaneBlock(lane, 1), gradient, lane + 1, worker: 1);
        }

        Assert.True(sum.TryGet(block, out var whole, out var examples));
        return (whole!.Values.ToArray(), examples);
    }

    /// <summary>One ps task with all parameters, one worker with all lanes, no stream.</summary>
    public float[] TrainInMemory(long clocks)
    {
        var rule = Rule.ToOptimizer();
        var task = new SyncShard(new ShardOptions { Lanes = Lanes, Length = Length, Streams = 1, Optimizer = rule });
        var generation = new Generation(1, 1);
        task.BeginLoad(generation);
        task.LoadingParameters.Fill(0.5f);
        rule.Initialise(task.LoadingParameters, task.LoadingSlots);
        task.CompleteLoad(generation, 0, 0);
        task.Advance(generation, 0, new Segment(0, clocks), TimeSpan.Zero);
        var all = new LaneBlock(0, Lanes);
        for (long clock = 0; clock < clocks; clock++)
        {
            Assert.True(task.TryGetVersion(clock, out var parameters));
            var (gradient, examples) = Gradient(all, clock, parameters.Values);
            var staged = task.Vectors.Rent();
            gradient.CopyTo(staged.Values);
            Assert.True(task.Push(new PushHeader(generation, all, clock, examples, 1), staged, TimeSpan.Zero).Completed);
        }

        Assert.True(task.TryGetVersion(clocks, out var end));
        return end.Values.ToArray();
    }

    private static float Factor(long i, long j)
    {
        var hash = unchecked((uint)((i * 73856093) ^ (j * 19349663)) * 2654435761u);
        return ((hash >> 9) / (float)(1 << 23)) + 0.1f;
    }
}
