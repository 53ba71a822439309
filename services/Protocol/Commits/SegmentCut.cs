using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Commits;

/// <summary>Where the open segment may end earlier, since somebody waits for its end.</summary>
internal static class SegmentCut
{
    // What a proposal takes to get to the ps tasks, so that they agree at once; less than it would not be felt.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>The segment with the earliest end that is worth it; the same one for none.</summary>
    /// <param name="open">The segment, open everywhere.</param>
    /// <param name="reports">What the ps tasks say.</param>
    /// <param name="step">Time for a clock; null for unknown.</param>
    public static Segment Of(Segment open, ShardReport[] reports, TimeSpan? step)
    {
        step = new SegmentRate(step, default).After(reports.Select(report => report.Pace), open.To - open.From).Step;
        var highest = reports.Max(report => report.LaneClocks.Max());
        var margin = step is { Ticks: > 0 } known ? (long)Math.Min(Margin / known, long.MaxValue / 4) : 0;
        // The clock under way is used.
        var end = Math.Max(open.From, highest) + 1 + margin;
        return end + margin < open.To ? open with { To = end } : open;
    }
}
