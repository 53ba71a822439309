namespace Cluster.Protocol.Commits;

/// <summary>The clocks at which a training job is evaluated and decides whether to go on: multiples of a number of clocks, and its end.</summary>
/// <param name="Every">Clocks from one evaluation to the next; 0 for a job that is evaluated at its end only.</param>
/// <param name="Total">The clock at which the job ends.</param>
public readonly record struct EvaluationSchedule(long Every, long Total)
{
    /// <summary>Whether the commit at a clock is evaluated behind the training.</summary>
    public bool IsAt(long clock) => Every > 0 && clock > 0 && (clock % Every == 0 || clock == Total);

    /// <summary>The first clock of an evaluation after a clock; the end at the latest.</summary>
    public long After(long clock) => Every > 0 ? Math.Min(clock - (clock % Every) + Every, Total) : Total;
}
