using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Messages;

/// <summary>A worker recorded the result of a range. A hint: the record in Redis is what counts.</summary>
public sealed record RangeComputed
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    /// <summary>Full name of the device that ran it.</summary>
    public required string Device { get; init; }

    /// <summary>Seconds the device was busy with it.</summary>
    public required double Seconds { get; init; }
}

/// <summary>A range threw on a worker.</summary>
public sealed record RangeFailed
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    public required long From { get; init; }

    public required long To { get; init; }

    public required string Device { get; init; }

    /// <summary>What the computation said, one line.</summary>
    public required string Error { get; init; }

    /// <summary>The arguments are wrong, or the computation is unknown to the worker's version: another try gives the same.</summary>
    public required bool Permanent { get; init; }
}

/// <summary>A worker recorded the merged result of a computation.</summary>
public sealed record RangesMerged
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }
}

/// <summary>The final merge of a computation threw on a worker.</summary>
public sealed record RangesNotMerged
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    /// <summary>What the computation said, one line.</summary>
    public required string Error { get; init; }
}
