using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>A committed state that is kept when later commits supersede it.</summary>
public sealed record Checkpoint
{
    /// <summary>The generation that computed it.</summary>
    public required Generation Generation { get; init; }

    /// <summary>The clock of all lanes.</summary>
    public required long Clock { get; init; }

    /// <summary>Examples contributed up to this clock.</summary>
    public required long Examples { get; init; }

    /// <summary>When it was committed, in ms since 1970 by the coordinator's clock: for people, nothing is decided by it.</summary>
    public long Time { get; init; }

    /// <summary>By index of the ps task.</summary>
    public required IReadOnlyList<SnapshotKey> Snapshots { get; init; }

    /// <summary>The checkpoint that a commit is, or would be.</summary>
    public static Checkpoint Of(CommitManifest manifest)
    {
        return new Checkpoint
        {
            Generation = manifest.Generation,
            Clock = manifest.Clock,
            Examples = manifest.Examples,
            Time = manifest.Time,
            Snapshots = manifest.Snapshots,
        };
    }
}
