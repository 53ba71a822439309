using System.Globalization;
using Cluster.Protocol.Shards;

namespace Cluster.Storage.Training;

/// <summary>A training job's counters: those of its record, and those of the ps processes that have served it.</summary>
/// <remarks>A process counts from its start, so each has fields of its own, written as often as one likes: <c>steals|INCARNATION</c>,
/// <c>push:Duplicate|INCARNATION</c>.</remarks>
public sealed class TrainingCounters(IReadOnlyDictionary<string, long> fields)
{
    private static readonly string[] Names = ["generations", "commits", "segments"];

    private const string StealsName = "steals";
    private const string PushPrefix = "push:";
    private const string StalenessPrefix = "stale:";

    /// <summary>Gradients that a worker could not hand to a ps task, as the stream was broken: computed or sent again.</summary>
    public const string UnsentName = "Unsent";

    /// <summary>Times that a worker asked a ps task again for what it had not answered.</summary>
    public const string ResentName = "Resent";

    // Of the fields that each process has of its own.
    private static readonly string[] Prefixes = [StealsName + "|", PushPrefix, StalenessPrefix, UnsentName + "|", ResentName + "|"];

    /// <summary>Those among a record's fields.</summary>
    public static TrainingCounters Of(IReadOnlyDictionary<string, string> fields) => new(fields
        .Where(field => Names.Contains(field.Key) || Prefixes.Any(prefix => field.Key.StartsWith(prefix, StringComparison.Ordinal)))
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

    public long Unsent => Sum(UnsentName);

    public long Resent => Sum(ResentName);

    /// <summary>Applied gradients by staleness in clocks, from 0 to the last that is not 0, at all ps tasks.</summary>
    public IReadOnlyList<long> Staleness()
    {
        var counts = new long[StalenessHistogram.MaxExact + 2];
        for (var clocks = 0; clocks < counts.Length; clocks++)
            counts[clocks] = Sum(StalenessPrefix + clocks.ToString(CultureInfo.InvariantCulture));
        return [.. counts.Take(counts.AsSpan().LastIndexOfAnyExcept(0) + 1)];
    }

    /// <summary>Gradients in <see cref="Staleness"/>, and the sum of their ages in clocks.</summary>
    public (long Gradients, long Clocks) TotalStaleness()
    {
        var (gradients, sum) = (0L, 0L);
        var counts = Staleness();
        for (var clocks = 0; clocks < counts.Count; clocks++) (gradients, sum) = (gradients + counts[clocks], sum + (clocks * counts[clocks]));
        return (gradients, sum);
    }

    /// <summary>Field of a ps process's applied gradients of this staleness.</summary>
    public static string StalenessOf(int clocks, ulong incarnation) =>
        Field(StalenessPrefix + clocks.ToString(CultureInfo.InvariantCulture), incarnation);

    /// <summary>Field of the <see cref="UnsentName"/> that a chief heard of.</summary>
    public static string UnsentOf(ulong chief) => Field(UnsentName, chief);

    /// <summary>Field of the <see cref="ResentName"/> that a chief heard of.</summary>
    public static string ResentOf(ulong chief) => Field(ResentName, chief);

    /// <summary>Field of a ps process's steals.</summary>
    public static string StealsOf(ulong incarnation) => Field(StealsName, incarnation);

    /// <summary>Field of a ps process's pushes that had this outcome.</summary>
    public static string PushesOf(PushOutcome outcome, ulong incarnation) => Field(PushPrefix + outcome, incarnation);

    private static string Field(string name, ulong incarnation) => string.Create(CultureInfo.InvariantCulture, $"{name}|{incarnation:x16}");

    private long Sum(string name) => fields.Where(field => field.Key.StartsWith(name + "|", StringComparison.Ordinal)).Sum(field => field.Value);
}
