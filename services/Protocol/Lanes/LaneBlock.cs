namespace Cluster.Protocol.Lanes;

/// <summary>Consecutive lanes [<paramref name="First"/>, <paramref name="First"/> + <paramref name="Count"/>).</summary>
/// <remarks>Whether the lanes form a node of the tree depends on the number of lanes: ask <see cref="BlockTree.IsBlock"/>.</remarks>
public readonly record struct LaneBlock(int First, int Count)
{
    /// <summary>The lane after the last one.</summary>
    public int End => First + Count;

    public bool Contains(LaneBlock other) => First <= other.First && other.End <= End;

    public bool Contains(int lane) => First <= lane && lane < End;

    public override string ToString() => Count == 1 ? $"lane {First}" : $"lanes {First}-{End - 1}";
}
