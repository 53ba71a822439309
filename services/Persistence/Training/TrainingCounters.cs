using Cluster.Protocol.Parameters;

namespace Cluster.Persistence.Training;

/// <summary>Names of a training job's counters in its record.</summary>
public static class TrainingCounters
{
    public const string Generations = "generations";
    public const string Commits = "commits";
    public const string Segments = "segments";

    /// <summary>Blocks handed to waiting workers.</summary>
    public const string Steals = "steals";

    private const string PushPrefix = "push:";

    /// <summary>Pushes that had this outcome.</summary>
    public static string Push(PushOutcome outcome) => PushPrefix + outcome;

    /// <summary>The outcome that a counter of pushes is about; null for another counter.</summary>
    public static string? OutcomeOf(string counter) => counter.StartsWith(PushPrefix, StringComparison.Ordinal) ? counter[PushPrefix.Length..] : null;
}
