using Cluster.Protocol.Lanes;

namespace Cluster.Protocol.Shards;

/// <summary>Forms the sum of one step along the block tree, in whatever order the blocks arrive.</summary>
/// <remarks>
/// Two siblings are added as soon as both are held, left + right; so at most ⌈L/2⌉ vectors are held and the bits
/// depend on the tree alone. A lane without examples is absent and not zero (-0.0 + 0.0 is 0.0): its sibling passes
/// through. The ps task sums the step with it, a worker the lanes of its block.
/// </remarks>
public sealed class BlockAccumulator
{
    private readonly BlockTree _tree;
    private readonly Held[] _held;
    private readonly int[] _holder;
    private readonly ulong[] _worker;

    /// <param name="tree">The tree of the job's lanes.</param>
    public BlockAccumulator(BlockTree tree)
    {
        _tree = tree;
        _held = new Held[tree.Lanes];
        _holder = new int[tree.Lanes];
        _worker = new ulong[tree.Lanes];
        _holder.AsSpan().Fill(-1);
    }

    /// <summary>The lanes whose gradient is held.</summary>
    public LaneSet Covered { get; private set; }

    /// <summary>Vectors held at most between two calls.</summary>
    public static int MaxHeld(int lanes) => (lanes + 1) / 2;

    /// <summary>Whether the block, or one that contains it, is held.</summary>
    public bool Holds(LaneBlock block)
    {
        var holder = _holder[block.First];
        return holder >= 0 && _held[holder].Block.Contains(block);
    }

    /// <summary>Whether any of the block's lanes is held as this worker's contribution.</summary>
    public bool HoldsFrom(LaneBlock block, ulong worker) => _worker.AsSpan(block.First, block.Count).Contains(worker);

    /// <summary>Who contributed each held lane.</summary>
    internal ReadOnlySpan<ulong> Workers => _worker;

    /// <summary>Takes a block that is not held, and with it the caller's hold on the vector; it replaces held descendants.</summary>
    public void Add(LaneBlock block, PooledVector? gradient, long examples, ulong worker)
    {
        Drop(block);
        _worker.AsSpan(block.First, block.Count).Fill(worker);
        if (examples == 0)
            gradient?.Release();
        Hold(new Held(block, examples == 0 ? null : gradient, examples));
        var covered = Covered;
        covered.Add(block);
        Covered = covered;
        MergeUpwards(block);
    }

    /// <summary>The sum over a block that is held as a whole.</summary>
    /// <param name="block">The block.</param>
    /// <param name="gradient">Its floats; null where no lane of it has an example.</param>
    /// <param name="examples">Examples in the sum.</param>
    /// <returns>False while some lane of it is missing.</returns>
    public bool TryGet(LaneBlock block, out PooledVector? gradient, out long examples)
    {
        var held = _held[block.First];
        var whole = _holder[block.First] == block.First && held.Block == block;
        gradient = whole ? held.Gradient : null;
        examples = whole ? held.Examples : 0;
        return whole;
    }

    /// <summary>Lets all blocks go, for the next step.</summary>
    public void Clear()
    {
        Drop(_tree.Root);
        Covered = default;
    }

    private void MergeUpwards(LaneBlock block)
    {
        while (block.Count < _tree.Lanes)
        {
            var sibling = _tree.Sibling(block);
            if (_holder[sibling.First] != sibling.First || _held[sibling.First].Block != sibling)
                return;
            var isLeft = block.First < sibling.First;
            var left = _held[isLeft ? block.First : sibling.First];
            var right = _held[isLeft ? sibling.First : block.First];
            block = _tree.Parent(block);
            Hold(new Held(block, Sum(left.Gradient, right.Gradient), left.Examples + right.Examples));
        }
    }

    private static PooledVector? Sum(PooledVector? left, PooledVector? right)
    {
        if (left is null || right is null)
            return left ?? right;
        VectorSum.Add(left.Values, right.Values);
        right.Release();
        return left;
    }

    private void Hold(Held held)
    {
        _held[held.Block.First] = held;
        _holder.AsSpan(held.Block.First, held.Block.Count).Fill(held.Block.First);
    }

    private void Drop(LaneBlock block)
    {
        for (var lane = block.First; lane < block.End; lane++)
        {
            if (_holder[lane] == lane && _held[lane].Gradient is { } gradient)
                gradient.Release();
            _held[lane] = default;
            _holder[lane] = -1;
            _worker[lane] = 0;
        }
    }

    private readonly record struct Held(LaneBlock Block, PooledVector? Gradient, long Examples);
}
