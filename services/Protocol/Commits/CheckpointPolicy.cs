namespace Cluster.Protocol.Commits;

/// <summary>Which commits of a job are kept as checkpoints, and how many.</summary>
/// <param name="Every">Clocks whose multiples are checkpoints, at least 0; 0 for none.</param>
/// <param name="Keep">The newest of them that are kept, at least 0.</param>
public readonly record struct CheckpointPolicy(long Every, int Keep)
{
    /// <summary>Keeps nothing but the last commit.</summary>
    public static CheckpointPolicy None { get; }

    public bool IsDue(long clock) => Every > 0 && Keep > 0 && clock > 0 && clock % Every == 0;

    /// <summary>A manifest to come with what it keeps, and what may go because of it.</summary>
    /// <remarks>
    /// What is no longer kept is treated as the superseded commit is: it stays for those who still read it until the
    /// next commit, and is deleted once that one is durable.
    /// </remarks>
    /// <param name="previous">The manifest that is superseded; null for none.</param>
    /// <param name="next">The manifest to come: its own snapshots, without what follows from the one before.</param>
    public CommitManifest Follow(CommitManifest? previous, CommitManifest next)
    {
        if (previous is null)
            return next with { Checkpoints = IsDue(next.Clock) ? [Checkpoint.Of(next)] : [] };
        var all = IsDue(next.Clock) ? previous.Checkpoints.Append(Checkpoint.Of(next)) : previous.Checkpoints;
        Checkpoint[] kept = [.. all.OrderBy(checkpoint => checkpoint.Clock).TakeLast(Keep)];
        var named = kept.SelectMany(checkpoint => checkpoint.Snapshots).Concat(next.Snapshots).ToHashSet();
        var dropped = previous.Checkpoints.SelectMany(checkpoint => checkpoint.Snapshots);
        return next with
        {
            Checkpoints = kept,
            Previous = [.. previous.Snapshots.Concat(dropped).Distinct().Where(key => !named.Contains(key))],
            Expired = [.. previous.Previous.Where(key => !named.Contains(key))],
        };
    }
}
