namespace Cluster.Protocol.Segments;

/// <summary>Consecutive clocks [<paramref name="From"/>, <paramref name="To"/>): the unit of work items, of commit and of recovery.</summary>
public readonly record struct Segment(long From, long To)
{
    public bool IsEmpty => To <= From;

    public override string ToString() => $"[{From}, {To})";
}
