namespace Cluster.Protocol.Commits;

/// <summary>How many clocks the next segment takes.</summary>
public sealed record SegmentSizing
{
    private const int MaximumGrowth = 8;

    /// <summary>The work a segment should hold. Default 1.5 s.</summary>
    public TimeSpan Target { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Clocks of the first segment, whose rate nobody has measured. Default 32.</summary>
    public long InitialClocks { get; init; } = 32;

    /// <summary>Clocks whose multiples no segment crosses, so that what is decided there does not depend on measured speed; 0, the default, for none.</summary>
    public long Every { get; init; }

    /// <summary>As <see cref="Every"/>, for checkpoints.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>The segment after <paramref name="last"/>: as many clocks as the target takes at the measured rate, at most eight times the last one's.</summary>
    /// <param name="last">The segment before; empty for none.</param>
    /// <param name="took">The time from its publication to its end; zero for not measured.</param>
    /// <param name="total">The clock at which the job ends.</param>
    public Segment Next(Segment last, TimeSpan took, long total)
    {
        long length = last.To - last.From;
        long clocks = InitialClocks;
        if (length > 0 && took > TimeSpan.Zero)
            clocks = (long)Math.Clamp(length * (Target / took), 1, (double)length * MaximumGrowth);
        if (Every > 0)
            clocks = Math.Min(clocks, Every - (last.To % Every));
        if (CheckpointEvery > 0)
            clocks = Math.Min(clocks, CheckpointEvery - (last.To % CheckpointEvery));
        return new Segment(last.To, last.To + Math.Min(clocks, total - last.To));
    }
}
