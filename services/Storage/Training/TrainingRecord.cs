using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Plans;

namespace Cluster.Storage.Training;

/// <summary>What Redis holds of a training job, read at one instant.</summary>
public sealed record TrainingRecord
{
    /// <summary>Token of the coordinator that runs it.</summary>
    public required string Owner { get; init; }

    public required bool IsRunning { get; init; }

    /// <summary>Whether its result is recorded.</summary>
    public required bool HasResult { get; init; }

    /// <summary>Null until it was made.</summary>
    public required TrainingPlan? Plan { get; init; }

    /// <summary>Generation, incarnations and committed state.</summary>
    public required CommitRecord Protocol { get; init; }

    public required TrainingCounters Counters { get; init; }

    /// <summary>Why the job ends with its last commit; empty while that is not decided.</summary>
    public string EndReason { get; init; } = "";

    /// <summary>Why somebody wants the job to end with what is committed next; empty where nobody does.</summary>
    public string CancelReason { get; init; } = "";

    /// <summary>What the user ought to look at, a line each: in the data, and in how the loss went.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the job ends because somebody cancelled it.</summary>
    public bool IsCancelled => CancelReason.Length > 0 && EndReason == CancelReason;

    /// <summary>What the evaluations came to so far; null before the first.</summary>
    public EvaluationState? Evaluated { get; init; }

    /// <summary>Commits whose evaluation is not decided, by clock.</summary>
    public IReadOnlyList<CommitManifest> ToEvaluate { get; init; } = [];

    /// <summary>A commit that may be evaluated; null for one that is not named here.</summary>
    public CommitManifest? Find(ManifestId id) => ToEvaluate.Append(Protocol.Manifest).FirstOrDefault(manifest => manifest?.Id == id);

    /// <summary>What the protocol needs to know of the evaluations.</summary>
    public OpenEvaluations Evaluations => new(ToEvaluate, Evaluated?.Best.Manifest);
}
