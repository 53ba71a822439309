using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Shards;

/// <summary>What a ps task tells the coordinator about a job. But for the end of the open segment and its pace,
/// all of it only grows within a generation.</summary>
public sealed record ShardReport
{
    /// <summary>The incarnation of the ps process.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>The newest generation that it ever opened.</summary>
    public required Generation Generation { get; init; }

    public required ShardPhase Phase { get; init; }

    public required Segment Segment { get; init; }

    /// <summary>The next clock of each lane.</summary>
    public required IReadOnlyList<long> LaneClocks { get; init; }

    /// <summary>Whether it stands at the end of the segment with its state copied or committed.</summary>
    public required bool IsCopied { get; init; }

    /// <summary>Clock of the copy that it holds for a commit; -1 for none.</summary>
    public required long SnapshotClock { get; init; }

    public required long SnapshotExamples { get; init; }

    public required bool SnapshotWritten { get; init; }

    public SegmentPace Pace { get; init; }

    public Divergence? Divergence { get; init; }
}
