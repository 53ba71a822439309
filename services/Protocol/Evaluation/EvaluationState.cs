using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;

namespace Cluster.Protocol.Evaluation;

/// <summary>What a training job's evaluations came to so far: all that the next decision depends on beside the next figures.</summary>
public sealed record EvaluationState
{
    /// <summary>The newest evaluation.</summary>
    public required EvaluationFigures Last { get; init; }

    /// <summary>The commit with the best value of the monitored metric; the first of equals.</summary>
    public required EvaluatedCommit Best { get; init; }

    /// <summary>The value that an improvement is measured from.</summary>
    public required double Reference { get; init; }

    /// <summary>Evaluations since the last improvement.</summary>
    public required int Waited { get; init; }
}

/// <summary>A commit that is kept, and its figures.</summary>
public sealed record EvaluatedCommit(EvaluationFigures Figures, CommitManifest Manifest);
