using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>How many clocks the next segment takes.</summary>
public sealed record SegmentSizing
{
    /// <summary>Growth of a segment whose rate is not known well.</summary>
    public const int MaximumGrowth = 8;

    /// <summary>Work over which a rate is known well.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromMilliseconds(10);

    /// <summary>The work a segment should hold at least. Default 1.5 s.</summary>
    public TimeSpan Target { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The work beyond which a segment does not grow for the sake of slow commits, as that much may have to be done again. Default 30 s.</summary>
    public TimeSpan LongestTarget { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Clocks of the first segment, whose rate nobody has measured. Default 32.</summary>
    public long InitialClocks { get; init; } = 32;

    /// <summary>Clocks whose multiples no segment crosses, so that what is decided there does not depend on measured speed; 0, the default, for none.</summary>
    public long Every { get; init; }

    /// <summary>As <see cref="Every"/>, for checkpoints.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>The segment after <paramref name="last"/>: as many clocks as the target takes at the measured rate.</summary>
    /// <param name="last">The segment before; empty for none.</param>
    /// <param name="rate">What is known of the rate.</param>
    /// <param name="target">The work that it should hold.</param>
    /// <param name="total">The clock at which the job ends.</param>
    public Segment Next(Segment last, SegmentRate rate, TimeSpan target, long total)
    {
        var clocks = ClocksOf(rate, target, last.To - last.From);
        if (Every > 0)
            clocks = Math.Min(clocks, Every - (last.To % Every));
        if (CheckpointEvery > 0)
            clocks = Math.Min(clocks, CheckpointEvery - (last.To % CheckpointEvery));
        return new Segment(last.To, last.To + Math.Min(clocks, total - last.To));
    }

    private long ClocksOf(SegmentRate rate, TimeSpan target, long before)
    {
        if (rate.Step is not { } step)
            return InitialClocks;
        var most = rate.Seen >= Telling ? long.MaxValue : (double)(before > 0 ? before : InitialClocks) * MaximumGrowth;
        // Two clocks, so that there is a time between them.
        double least = rate.Seen == TimeSpan.Zero ? 2 : 1;
        return (long)Math.Clamp(Math.Ceiling(target / step), least, Math.Max(least, most));
    }
}
