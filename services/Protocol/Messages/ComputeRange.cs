using System.Text.Json;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Messages;

/// <summary>Command to a worker: evaluate grains [From, To) of a computation and record the result once.</summary>
public sealed record ComputeRange
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    /// <summary>First grain.</summary>
    public required long From { get; init; }

    /// <summary>Grain after the last.</summary>
    public required long To { get; init; }

    public required string Computation { get; init; }

    public required JsonElement Arguments { get; init; }

    /// <summary>Size of the whole index space.</summary>
    public required long IndexCount { get; init; }

    /// <summary>Indices in a grain.</summary>
    public required long GrainSize { get; init; }

    /// <summary>Device spec the item must run on; empty for any.</summary>
    public required string Device { get; init; }
}
