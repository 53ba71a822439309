using Cluster.Protocol.Segments;

namespace Cluster.Storage.Jobs;

/// <summary>A job that is about to be written.</summary>
public sealed record NewJob
{
    public required string Id { get; init; }

    public required string IdempotencyKey { get; init; }

    public required string Kind { get; init; }

    /// <summary>The validated spec, JSON.</summary>
    public required string Spec { get; init; }

    public required Generation Generation { get; init; }

    public required DateTimeOffset Submitted { get; init; }

    /// <summary>Trace context of the submission, W3C.</summary>
    public required string Trace { get; init; }

    public required bool LogDevicePlacement { get; init; }
}
