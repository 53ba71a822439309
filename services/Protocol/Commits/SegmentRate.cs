using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Commits;

/// <summary>What is known of how fast a job computes.</summary>
/// <param name="Step">Time for a clock; null for unknown.</param>
/// <param name="Seen">The work that it was measured over; zero where it is no more than an upper bound.</param>
public readonly record struct SegmentRate(TimeSpan? Step, TimeSpan Seen)
{
    /// <summary>With what the slowest ps task measured of a segment.</summary>
    /// <param name="paces">What each measured.</param>
    /// <param name="clocks">Clocks of the segment.</param>
    public SegmentRate After(IEnumerable<SegmentPace> paces, long clocks)
    {
        TimeSpan? bound = null;
        SegmentRate measured = default;
        foreach (var pace in paces)
        {
            if (pace.Step is { Ticks: > 0 } step && !(step <= measured.Step)) measured = new SegmentRate(step, pace.Work);
            if (pace.Pause > TimeSpan.Zero && !(pace.Pause / clocks <= bound)) bound = pace.Pause / clocks;
        }

        if (measured.Step is not null) return measured;
        // Of one clock only the time with all that came before it is known: no more than a bound for what was measured earlier.
        return bound is null || Step <= bound ? this : new SegmentRate(bound, Seen);
    }
}
