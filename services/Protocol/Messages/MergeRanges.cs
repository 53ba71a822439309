using System.Text.Json;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Messages;

/// <summary>Command to a worker: every range of a computation is recorded; fold them along the grain tree into the job's result.</summary>
public sealed record MergeRanges
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    public required string Computation { get; init; }

    public required JsonElement Arguments { get; init; }

    /// <summary>Size of the whole index space.</summary>
    public required long IndexCount { get; init; }

    /// <summary>Indices in a grain.</summary>
    public required long GrainSize { get; init; }
}
