using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;

namespace Cluster.Persistence.Training;

/// <summary>Which snapshots a decision lets go: those of commits that were kept for it, unless the best commit, the last one or another evaluation needs them.</summary>
/// <param name="record">The record before the decision.</param>
/// <param name="decided">The commit that was evaluated.</param>
/// <param name="state">What the evaluations came to with it.</param>
public sealed class CommitRetention(TrainingRecord record, CommitManifest decided, EvaluationState state)
{
    private readonly CommitManifest _current = record.Protocol.Manifest ?? decided;

    /// <summary>Commits after the one that was evaluated which are to be evaluated too.</summary>
    public IEnumerable<CommitManifest> Later => record.ToEvaluate.Where(commit => commit.Id != decided.Id);

    /// <summary>Snapshots that nothing names any more. Those that the newest commits name, or the last one as <see cref="AsLast"/>, are deleted when they expire.</summary>
    /// <param name="ends">Whether the job ends with the commit that was evaluated, which may be neither the best nor near the newest.</param>
    public IReadOnlyList<SnapshotKey> Released(bool ends)
    {
        CommitManifest last = ends ? AsLast() : _current;
        IEnumerable<CommitManifest> later = ends ? [] : Later;
        HashSet<SnapshotKey> needed =
            [.. state.Best.Manifest.Snapshots, .. last.Snapshots, .. last.Previous, .. CheckpointsOf(last.Checkpoints), .. later.SelectMany(commit => commit.Snapshots)];
        return [.. decided.Snapshots.Concat(record.Evaluated?.Best.Manifest.Snapshots ?? []).Where(key => !needed.Contains(key)).Distinct()];
    }

    /// <summary>The commit that was evaluated as the job's last: what was trained beyond it goes.</summary>
    public CommitManifest AsLast()
    {
        if (_current.Id == decided.Id) return _current;
        Checkpoint[] checkpoints = [.. _current.Checkpoints.Where(checkpoint => checkpoint.Clock <= decided.Clock)];
        HashSet<SnapshotKey> needed = [.. decided.Snapshots, .. state.Best.Manifest.Snapshots, .. CheckpointsOf(checkpoints)];
        IEnumerable<SnapshotKey> beyond =
        [
            .. _current.Snapshots, .. _current.Previous, .. _current.Expired, .. CheckpointsOf(_current.Checkpoints), .. Later.SelectMany(commit => commit.Snapshots),
        ];
        return decided with { Previous = [], Expired = [.. beyond.Where(key => !needed.Contains(key)).Distinct()], Checkpoints = checkpoints };
    }

    private static IEnumerable<SnapshotKey> CheckpointsOf(IEnumerable<Checkpoint> checkpoints) => checkpoints.SelectMany(checkpoint => checkpoint.Snapshots);
}
