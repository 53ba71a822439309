using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

public enum StartResult
{
    /// <summary>The plan is there: this one, or an earlier one that stays.</summary>
    Planned,

    /// <summary>Another coordinator holds the lease.</summary>
    NotCoordinator,

    /// <summary>A snapshot to start from has expired or was lost: it is to be written again.</summary>
    SnapshotMissing,
}

/// <summary>When a job takes a plan, and with it a committed state to start from. The store's script decides by this rule and, at the same instant,
/// persists the snapshots and writes both.</summary>
public static class StartRule
{
    public static StartResult Decide(
        bool isPlanned, CoordinatorToken holder, CoordinatorToken token, CommitManifest? start, Func<SnapshotKey, bool> exists)
    {
        if (holder != token)
            return StartResult.NotCoordinator;
        return isPlanned || start is null || start.Snapshots.All(exists) ? StartResult.Planned : StartResult.SnapshotMissing;
    }
}
