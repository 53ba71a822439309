namespace Cluster.Protocol.Commits;

/// <summary>What the supervisor of a training job needs to know of it.</summary>
public sealed record SupervisorOptions
{
    public required string Job { get; init; }

    public required int Lanes { get; init; }

    /// <summary>The number of ps tasks, each with one range.</summary>
    public required int Tasks { get; init; }

    /// <summary>The clock at which each lane has finished.</summary>
    public required long TotalClocks { get; init; }

    /// <summary>Asynchronous: clocks that a lane may be ahead of the slowest one; null for any number, and in synchronous mode.</summary>
    public int? Staleness { get; init; }

    public SegmentSizing Sizing { get; init; } = new();

    /// <summary>How long a lane may stand still before its work is published again. Default 10 s.</summary>
    public TimeSpan LaneGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What is kept beside the last commit. Default nothing.</summary>
    public CheckpointPolicy Checkpoints { get; init; }
}
