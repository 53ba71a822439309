using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>Which snapshots the decision of an evaluation lets go: those of commits that were kept for it, unless the best commit,
/// the last one or another evaluation needs them.</summary>
/// <param name="current">The committed state; null where that is the initial one.</param>
/// <param name="before">The evaluations before the decision.</param>
/// <param name="decided">The commit that was evaluated.</param>
/// <param name="best">The best commit with it.</param>
public sealed class CommitRetention(CommitManifest? current, OpenEvaluations before, CommitManifest decided, CommitManifest best)
{
    private readonly CommitManifest _current = current ?? decided;

    /// <summary>Commits after the one that was evaluated which are to be evaluated too.</summary>
    public IEnumerable<CommitManifest> Later => before.Commits.Where(commit => commit.Id != decided.Id);

    /// <summary>Snapshots that nothing names any more. Those that the newest commits name, or the last one as <see cref="AsLast"/>,
    /// are deleted when they expire.</summary>
    /// <param name="ends">Whether the job ends with the commit that was evaluated, which may be neither the best nor near the newest.</param>
    public IReadOnlyList<SnapshotKey> Released(bool ends)
    {
        var last = ends ? AsLast() : _current;
        var later = ends ? [] : Later;
        HashSet<SnapshotKey> needed =
            [.. best.Snapshots, .. last.Snapshots, .. last.Previous, .. CheckpointsOf(last.Checkpoints), .. later.SelectMany(commit => commit.Snapshots)];
        return [.. decided.Snapshots.Concat(before.Best?.Snapshots ?? []).Where(key => !needed.Contains(key)).Distinct()];
    }

    /// <summary>The commit that was evaluated as the job's last: what was trained beyond it goes.</summary>
    public CommitManifest AsLast()
    {
        if (_current.Id == decided.Id) return _current;
        Checkpoint[] checkpoints = [.. _current.Checkpoints.Where(checkpoint => checkpoint.Clock <= decided.Clock)];
        HashSet<SnapshotKey> needed = [.. decided.Snapshots, .. best.Snapshots, .. CheckpointsOf(checkpoints)];
        IEnumerable<SnapshotKey> beyond =
        [
            .. _current.Snapshots, .. _current.Previous, .. _current.Expired, .. CheckpointsOf(_current.Checkpoints),
            .. Later.SelectMany(commit => commit.Snapshots),
        ];
        return decided with { Previous = [], Expired = [.. beyond.Where(key => !needed.Contains(key)).Distinct()], Checkpoints = checkpoints };
    }

    private static IEnumerable<SnapshotKey> CheckpointsOf(IEnumerable<Checkpoint> checkpoints) => checkpoints.SelectMany(checkpoint => checkpoint.Snapshots);
}
