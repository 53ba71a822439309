using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>What tells manifests of a job apart: within a generation the state at a clock exists once.</summary>
public readonly record struct ManifestId(Generation Generation, long Clock);

/// <summary>A committed state: one snapshot of each ps task, at one clock.</summary>
public sealed record CommitManifest
{
    public required Generation Generation { get; init; }

    /// <summary>The clock of all lanes.</summary>
    public required long Clock { get; init; }

    /// <summary>Examples contributed up to this clock, as the ps tasks counted them.</summary>
    public required long Examples { get; init; }

    /// <summary>By index of the ps task.</summary>
    public required IReadOnlyList<SnapshotKey> Snapshots { get; init; }

    /// <summary>Snapshots of the manifest that this one superseded, and of checkpoints that it drops: kept for those who still read them.</summary>
    public required IReadOnlyList<SnapshotKey> Previous { get; init; }

    /// <summary>What was in <see cref="Previous"/> of the manifest before: deleted once this one is durable.</summary>
    public required IReadOnlyList<SnapshotKey> Expired { get; init; }

    /// <summary>When it was committed, in ms since 1970 by the coordinator's clock: for people, nothing is decided by it.</summary>
    public long Time { get; init; }

    /// <summary>States that are kept, the oldest first; the last may be this one.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints { get; init; } = [];

    public ManifestId Id => new(Generation, Clock);
}
