using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Workers;

namespace Cluster.Protocol.Tests.Model;

/// <summary>What a worker process keeps of a job from one item to the next, and how it computes a block's gradient.</summary>
internal sealed class SimReplica
{
    private readonly Mutation _mutation;
    private readonly LocalDescent _local;
    private readonly VectorPool _pool;
    private readonly BlockAccumulator _accumulator;

    public SimReplica(SimJob job, Mutation mutation)
    {
        Job = job;
        _mutation = mutation;
        Buffers = new LabelledBuffers(job.Problem.Offsets);
        Parameters = new float[job.Problem.Length];
        Tree = new BlockTree(job.Scenario.Lanes);
        _local = new LocalDescent(job.Problem.Length, job.Problem.CreateLocalRule());
        _pool = new VectorPool(job.Problem.Length, job.Scenario.Lanes + 1);
        _accumulator = new BlockAccumulator(Tree);
    }

    public SimJob Job { get; }

    /// <summary>Parameters by version, of a synchronous job.</summary>
    public LabelledBuffers Buffers { get; }

    /// <summary>The newest parameters of each ps task, of an asynchronous job.</summary>
    public float[] Parameters { get; }

    public BlockTree Tree { get; }

    /// <summary>Sums the block's lanes with the ps task's own accumulator, which follows the tree.</summary>
    public (float[] Gradient, long Examples) Sum(WorkAction action, ReadOnlySpan<float> parameters, ulong worker)
    {
        if (_mutation == Mutation.SumBackwards)
            return SumBackwards(action, parameters);
        for (var lane = action.Block.First; lane < action.Block.End; lane++)
        {
            var gradient = _pool.Rent();
            gradient.Values.Clear();
            var examples = Job.Scenario.LocalSteps > 1
                ? Descend(action.Clock, lane, parameters, gradient.Values)
                : Job.Problem.AddGradient(action.Clock, lane, parameters, gradient.Values);
            if (examples == 0 && _mutation == Mutation.AbsentAsZero)
                examples = 1;
            _accumulator.Add(new LaneBlock(lane, 1), gradient, examples, worker);
        }

        if (!_accumulator.TryGet(action.Block, out var sum, out var count))
            throw new ProtocolViolationException($"{action.Block} is not a block");
        var copy = sum?.Values.ToArray() ?? new float[Job.Problem.Length];
        _accumulator.Clear();
        return (copy, count);
    }

    private long Descend(long clock, int lane, ReadOnlySpan<float> common, Span<float> difference)
    {
        if (_mutation != Mutation.LocalStateKept || clock == 0)
            _local.Begin(common);
        var gradient = new float[difference.Length];
        for (var step = 0; step < Job.Scenario.LocalSteps; step++)
        {
            var share = Job.Problem.Schedule.Share(clock, lane, step);
            gradient.AsSpan().Clear();
            if (share.Count > 0)
                _local.Step(gradient, Job.Problem.AddGradient(share, _local.Parameters.Span, gradient), UpdateTime.AtStep(clock));
        }

        var examples = Job.Problem.Schedule.Share(clock, lane).Count;
        _local.Difference(common, _mutation == Mutation.LocalDifferencesUnweighted ? 1 : examples, difference);
        return examples;
    }

    private (float[] Gradient, long Examples) SumBackwards(WorkAction action, ReadOnlySpan<float> parameters)
    {
        var sum = new float[Job.Problem.Length];
        long examples = 0;
        for (var lane = action.Block.End - 1; lane >= action.Block.First; lane--)
            examples += Job.Problem.AddGradient(action.Clock, lane, parameters, sum);
        return (sum, examples);
    }
}
