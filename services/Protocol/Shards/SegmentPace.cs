namespace Cluster.Protocol.Shards;

/// <summary>How fast the open segment goes on at one ps task, as its slowest lane shows it: the work alone,
/// without what its limit or a commit held up.</summary>
/// <param name="Clocks">Clocks that the slowest lane went on between its first and its last move of the segment.</param>
/// <param name="Work">The time between those two.</param>
/// <param name="Pause">The time from when this task could have gone on, its state at the boundary before copied, to the first move; zero before that.</param>
public readonly record struct SegmentPace(long Clocks, TimeSpan Work, TimeSpan Pause)
{
    /// <summary>Time for a clock; null where fewer than two moves were seen.</summary>
    public TimeSpan? Step => Clocks > 0 ? Work / Clocks : null;
}
