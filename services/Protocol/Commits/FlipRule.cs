using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>Asks the store to make <paramref name="Next"/> the committed state.</summary>
/// <param name="Token">The coordinator that asks.</param>
/// <param name="Previous">The manifest that it read; null for none.</param>
/// <param name="Next">The manifest to come, of the current generation.</param>
public sealed record FlipRequest(CoordinatorToken Token, ManifestId? Previous, CommitManifest Next);

public enum FlipResult
{
    Flipped,

    /// <summary>Another coordinator holds the lease.</summary>
    NotCoordinator,

    /// <summary>A newer generation has begun: its ps tasks start from the manifest that is there.</summary>
    GenerationChanged,

    /// <summary>Another manifest is there than was read, or the last one.</summary>
    ManifestChanged,

    /// <summary>A snapshot has expired or was lost: it is to be written again.</summary>
    SnapshotMissing,
}

/// <summary>When a commit may flip. The store's script decides by this rule and, at the same instant,
/// persists the snapshots and replaces the manifest.</summary>
public static class FlipRule
{
    public static FlipResult Decide(
        CommitRecord current, CoordinatorToken holder, FlipRequest request, Func<SnapshotKey, bool> exists)
    {
        if (holder != request.Token)
            return FlipResult.NotCoordinator;
        if (current.Generation != request.Next.Generation)
            return FlipResult.GenerationChanged;
        if (current.End is not null || current.Manifest?.Id != request.Previous)
            return FlipResult.ManifestChanged;
        return request.Next.Snapshots.All(exists) ? FlipResult.Flipped : FlipResult.SnapshotMissing;
    }
}
