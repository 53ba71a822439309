using System.Numerics;

namespace Cluster.Protocol.Lanes;

/// <summary>The fixed binary tree over L lanes: node (j, k) covers [k·2^j, (k+1)·2^j) ∩ [0, L); an only child passes through.</summary>
/// <remarks>
/// Nodes that cover the same lanes are one block, so a block is named by its lanes alone. The shape depends on L
/// only, never on who computes what: a sum formed along it has the same bits however lanes are dealt.
/// </remarks>
public sealed class BlockTree
{
    /// <summary>The largest number of lanes of a job.</summary>
    public const int MaxLanes = 256;

    /// <param name="lanes">Number of lanes, 1 to 256.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of lanes is outside 1 to 256.</exception>
    public BlockTree(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, MaxLanes);
        Lanes = lanes;
    }

    public int Lanes { get; }

    /// <summary>All lanes.</summary>
    public LaneBlock Root => new(0, Lanes);

    /// <summary>The lanes of node (<paramref name="level"/>, <paramref name="index"/>); the count is 0 where the node lies beyond the last lane.</summary>
    public LaneBlock Node(int level, int index)
    {
        var first = Math.Min(index << level, Lanes);
        return new LaneBlock(first, Math.Min((index + 1) << level, Lanes) - first);
    }

    /// <summary>Whether these lanes are exactly those of some node.</summary>
    public bool IsBlock(LaneBlock block)
    {
        if (block.First < 0 || block.Count < 1 || block.End > Lanes || block.Count > Lanes)
            return false;
        return Node(Level(block.Count), block.First >> Level(block.Count)) == block;
    }

    /// <summary>The smallest block that holds this one and more; the block itself when it is the root.</summary>
    public LaneBlock Parent(LaneBlock block)
    {
        var level = Level(block.Count);
        var node = block;
        while (node.Count == block.Count && node.Count < Lanes)
            node = Node(++level, block.First >> level);
        return node;
    }

    /// <summary>The other child of this block's parent; empty for the root.</summary>
    public LaneBlock Sibling(LaneBlock block)
    {
        var parent = Parent(block);
        return block.First == parent.First
            ? new LaneBlock(block.End, parent.Count - block.Count)
            : new LaneBlock(parent.First, parent.Count - block.Count);
    }

    /// <summary>The children of a block of two lanes or more: the left one is full, the right one may be cut by the last lane.</summary>
    public static (LaneBlock Left, LaneBlock Right) Children(LaneBlock block)
    {
        var left = 1 << (Level(block.Count) - 1);
        return (new LaneBlock(block.First, left), new LaneBlock(block.First + left, block.Count - left));
    }

    /// <summary>The largest block that starts at <paramref name="first"/> and ends at or before <paramref name="end"/>.</summary>
    public LaneBlock Largest(int first, int end)
    {
        var best = new LaneBlock(first, 1);
        for (var level = 1; first % (1 << level) == 0 && best.End < Lanes; level++)
        {
            var node = Node(level, first >> level);
            if (node.End > end)
                break;
            best = node;
        }

        return best;
    }

    /// <summary>Splits consecutive lanes into the fewest blocks, in order.</summary>
    public IEnumerable<LaneBlock> Decompose(LaneBlock lanes)
    {
        for (var first = lanes.First; first < lanes.End;)
        {
            var block = Largest(first, lanes.End);
            yield return block;
            first = block.End;
        }
    }

    private static int Level(int count) => BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)count));
}
