using Cluster.Models;
using Cluster.Models.Data;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;

namespace Cluster.Worker.Training;

/// <summary>The gradient of a block of lanes, summed strictly along the block tree: the bits that a ps task would get from the lanes one by one.</summary>
/// <remarks>
/// value(node) = left + right. A lane without examples is absent and not zero, so its sibling passes through. For one
/// thread; allocates only when a block is larger than any before.
/// </remarks>
internal sealed class BlockGradient
{
    private readonly IModelSession _session;
    private readonly BatchReader _reader;
    private readonly Batch _batch;
    private readonly List<float[]> _levels;
    private readonly LaneDescent? _descent;
    private long _lanes;

    /// <param name="session">The model at work; the caller keeps it.</param>
    /// <param name="parameters">Parameters of the model.</param>
    /// <param name="reader">Fetches the examples of a lane.</param>
    /// <param name="descent">The lanes' local steps, whose differences stand for gradients; null where a lane takes one batch a step.</param>
    public BlockGradient(IModelSession session, int parameters, BatchReader reader, LaneDescent? descent = null)
    {
        _descent = descent;
        (_session, _reader, _batch) = (session, reader, reader.CreateBatch());
        _levels = [new float[parameters]];
    }

    /// <summary>The sum of the block computed last; undefined where <see cref="Examples"/> is 0.</summary>
    public ReadOnlyMemory<float> Sum => _levels[0];

    /// <summary>Examples in the sum.</summary>
    public long Examples { get; private set; }

    /// <summary>The sum of their losses.</summary>
    public double Loss { get; private set; }

    /// <summary>Lanes that were begun; read by a thread that watches.</summary>
    public long Lanes => Volatile.Read(ref _lanes);

    /// <summary>The lane computed last: where the model threw, the one it threw at.</summary>
    public int Lane { get; private set; }

    /// <summary>Computes a block of the tree.</summary>
    public void Compute(LaneBlock block, long clock, ReadOnlyMemory<float> parameters)
    {
        Loss = 0;
        // A lane that makes steps of its own loads its own parameters.
        if (_descent is null) _session.Load(parameters);
        Examples = Add(block, clock, parameters.Span, level: 0);
    }

    // Writes the node's sum to the level's buffer, unless it has no examples.
    private long Add(LaneBlock node, long clock, ReadOnlySpan<float> parameters, int level)
    {
        if (node.Count == 1) return AddLane(node.First, clock, parameters, _levels[level]);
        var (left, right) = BlockTree.Children(node);
        var examples = Add(left, clock, parameters, level);
        if (examples == 0) return Add(right, clock, parameters, level);
        if (level + 1 == _levels.Count) _levels.Add(new float[_levels[0].Length]);
        var rightExamples = Add(right, clock, parameters, level + 1);
        if (rightExamples > 0) VectorSum.Add(_levels[level], _levels[level + 1]);
        return examples + rightExamples;
    }

    private int AddLane(int lane, long clock, ReadOnlySpan<float> parameters, float[] target)
    {
        Lane = lane;
        Volatile.Write(ref _lanes, _lanes + 1);
        if (_descent is { } descent)
        {
            var taken = descent.Compute(_session, lane, clock, _batch, parameters, target);
            Loss += descent.Loss;
            return taken;
        }

        var examples = _reader.Read(lane, clock, _batch);
        if (examples == 0) return 0;
        var loss = _session.Gradient(_batch, target);
        // A gradient that is not finite either is found, and its tensor named, where it is applied.
        if (!double.IsFinite(loss) && target.All(float.IsFinite)) throw new NotFiniteNumberException("diverged: the loss is not finite", loss);
        Loss += loss;
        return examples;
    }
}
