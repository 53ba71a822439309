using System.Numerics;

namespace Cluster.Compute.Computations;

/// <summary>
/// Node (level, index) of the fixed binary tree over grains: it covers grains [index·2^level, (index+1)·2^level).
/// </summary>
public readonly record struct GrainNode(int Level, long Index)
{
    internal bool IsLeft => (Index & 1) == 0;

    internal GrainNode Sibling => this with { Index = Index ^ 1 };

    internal GrainNode Parent => new(Level + 1, Index >> 1);
}

/// <summary>
/// The order in which partial results are merged. It hangs on the grains alone, never on how they were cut into items,
/// so floating-point results have the same bits for any cut.
/// </summary>
public static class GrainTree
{
    /// <summary>The fewest nodes that cover exactly the grains of <paramref name="range"/>, from left to right: at most
    /// 2·log₂ of its length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ From &lt; To.</exception>
    public static IReadOnlyList<GrainNode> Decompose(GrainRange range)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.From);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(range.To, range.From);

        var nodes = new List<GrainNode>();
        for (var from = range.From; from < range.To;)
        {
            var fits = BitOperations.Log2((ulong)(range.To - from));
            var level = from == 0 ? fits : Math.Min(fits, BitOperations.TrailingZeroCount(from));
            nodes.Add(new GrainNode(level, from >> level));
            from += 1L << level;
        }

        return nodes;
    }
}
