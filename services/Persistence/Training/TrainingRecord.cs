using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;

namespace Cluster.Persistence.Training;

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
    public required JobRecord Protocol { get; init; }

    public required TrainingCounters Counters { get; init; }
}
