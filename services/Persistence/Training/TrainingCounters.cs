using System.Globalization;
using Cluster.Protocol.Parameters;

namespace Cluster.Persistence.Training;

/// <summary>A training job's counters: those of its record, and those of the ps processes that have served it.</summary>
/// <remarks>A process counts from its start, so each has fields of its own, written as often as one likes: <c>steals|INCARNATION</c>, <c>push:Duplicate|INCARNATION</c>.</remarks>
public sealed class TrainingCounters(IReadOnlyDictionary<string, long> fields)
{
    private static readonly string[] Names = ["generations", "commits", "segments"];

    private const string StealsName = "steals";
    private const string PushPrefix = "push:";

    /// <summary>Those among a record's fields.</summary>
    public static TrainingCounters Of(IReadOnlyDictionary<string, string> fields) => new(fields
        .Where(field => Names.Contains(field.Key) || field.Key.StartsWith(StealsName + "|", StringComparison.Ordinal) || field.Key.StartsWith(PushPrefix, StringComparison.Ordinal))
        .ToDictionary(field => field.Key, field => long.Parse(field.Value, CultureInfo.InvariantCulture)));

    /// <summary>Generations begun: 1 where nothing had to be recovered.</summary>
    public long Generations => fields.GetValueOrDefault("generations");

    public long Commits => fields.GetValueOrDefault("commits");

    /// <summary>Segments published.</summary>
    public long Segments => fields.GetValueOrDefault("segments");

    /// <summary>Blocks handed to waiting workers.</summary>
    public long Steals => Sum(StealsName);

    /// <summary>Pushes that had this outcome, at all ps tasks.</summary>
    public long Pushes(PushOutcome outcome) => Sum(PushPrefix + outcome);

    /// <summary>Field of a ps process's steals.</summary>
    public static string StealsOf(ulong incarnation) => Field(StealsName, incarnation);

    /// <summary>Field of a ps process's pushes that had this outcome.</summary>
    public static string PushesOf(PushOutcome outcome, ulong incarnation) => Field(PushPrefix + outcome, incarnation);

    private static string Field(string name, ulong incarnation) => string.Create(CultureInfo.InvariantCulture, $"{name}|{incarnation:x16}");

    private long Sum(string name) => fields.Where(field => field.Key.StartsWith(name + "|", StringComparison.Ordinal)).Sum(field => field.Value);
}
