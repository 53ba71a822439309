using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Segments;

namespace Cluster.Storage.Training;

/// <summary>The decision of one evaluation.</summary>
/// <param name="Commit">The commit that was evaluated.</param>
/// <param name="State">What the evaluations came to, this one included.</param>
/// <param name="Released">Snapshots that nothing needs any more. They go in the same instant:
/// a server that loses the decision in a crash has them still.</param>
public sealed record EvaluationDecision(CommitManifest Commit, EvaluationState State, IReadOnlyList<SnapshotKey> Released)
{
    /// <summary>What the job ends with: the commit, naming what goes; null where it goes on.</summary>
    public CommitManifest? End { get; init; }

    /// <summary>Why it ends.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Commits after it, which are not evaluated any more where the job ends.</summary>
    public IEnumerable<CommitManifest> Later { get; init; } = [];
}
