using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>What the store holds of a job's evaluations.</summary>
/// <param name="Commits">The commits whose evaluation is not decided, by clock.</param>
/// <param name="Best">The best of those that are decided; null before the first.</param>
public sealed record OpenEvaluations(IReadOnlyList<CommitManifest> Commits, CommitManifest? Best)
{
    public static OpenEvaluations None { get; } = new([], null);

    /// <summary>Snapshots that stay although no later commit is built on them.</summary>
    public IEnumerable<SnapshotKey> Kept => Commits.SelectMany(commit => commit.Snapshots).Concat(Best?.Snapshots ?? []);

    /// <summary>No segment may begin at this clock before the oldest evaluation is decided: training runs ahead of a decision by one interval.</summary>
    public long ClockLimit(EvaluationSchedule schedule) => Commits is [var oldest, ..] ? schedule.After(oldest.Clock) : long.MaxValue;
}
