namespace Cluster.Storage.Training;

/// <summary>What was measured up to a clock.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="At">When it was noted, in ms since 1970.</param>
/// <param name="Values">Finite numbers by name.</param>
public sealed record SummaryPoint(long Clock, long At, IReadOnlyDictionary<string, double> Values);

/// <summary>Kinds of points: each has a bound of its own.</summary>
public enum SummarySeries
{
    /// <summary>A point a segment.</summary>
    Segments,

    /// <summary>A point an evaluation.</summary>
    Evaluations,
}
