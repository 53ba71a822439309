using Cluster.Protocol.Commits;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class SegmentSizingTests
{
    private static readonly SegmentSizing Sizing = new() { Target = TimeSpan.FromSeconds(2), InitialClocks = 10 };

    [Theory]
    [InlineData(0, 0, 0, 10)]
    [InlineData(100, 100, 1, 110)]
    [InlineData(100, 120, 0, 130)]
    [InlineData(100, 120, 2, 140)]
    [InlineData(100, 120, 1, 160)]
    [InlineData(100, 120, 10, 124)]
    [InlineData(100, 120, 1000, 121)]
    [InlineData(100, 120, 0.001, 280)]
    [InlineData(100, 990, 2, 1000)]
    [InlineData(100, 1000, 2, 1000)]
    public void Next_MeasuredSegment_HoldsTheTargetWithinGrowthAndEnd(long from, long to, double seconds, long expected) =>
        Assert.Equal(new Segment(to, expected), Sizing.Next(new Segment(from, to), TimeSpan.FromSeconds(seconds), total: 1000));

    [Theory]
    [InlineData(0, 7)]
    [InlineData(5, 7)]
    [InlineData(7, 14)]
    [InlineData(996, 1000)]
    public void Next_WithCuts_EndsAtTheNextOne(long at, long expected) =>
        Assert.Equal(expected, (Sizing with { Every = 7 }).Next(new Segment(at, at), TimeSpan.Zero, total: 1000).To);

    /// <summary>Multiples of both end a segment, whichever comes first.</summary>
    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 7)]
    [InlineData(7, 10)]
    [InlineData(14, 15)]
    [InlineData(30, 35)]
    public void Next_WithCheckpoints_EndsAtTheirsToo(long at, long expected) =>
        Assert.Equal(expected, (Sizing with { Every = 7, CheckpointEvery = 5 }).Next(new Segment(at, at), TimeSpan.Zero, total: 1000).To);

    [Fact]
    public void Next_HugeNumbers_StayWithinTheTotal()
    {
        var sizing = new SegmentSizing { InitialClocks = long.MaxValue };

        Assert.Equal(new Segment(9, long.MaxValue), sizing.Next(new Segment(9, 9), TimeSpan.Zero, long.MaxValue));
        Assert.Equal(new Segment(1L << 62, long.MaxValue), sizing.Next(new Segment(0, 1L << 62), TimeSpan.FromTicks(1), long.MaxValue));
    }

    /// <summary>Whatever the speeds, segments follow one another to the end, grow at most eightfold, and meet every cut.</summary>
    [Fact]
    public void Next_AnySpeeds_CoversTheJobAndCrossesNoCut() =>
        Gen.Select(Gen.Long[1, 5_000], Gen.Long[0, 700], Gen.Long[1, 100], Gen.Double[0, 30].Array[1, 20]).Sample((total, every, initial, speeds) =>
        {
            var sizing = new SegmentSizing { InitialClocks = initial, Every = every };
            var ends = new HashSet<long>();
            var last = new Segment(0, 0);
            for (int i = 0; last.To < total; i++)
            {
                Segment next = sizing.Next(last, TimeSpan.FromSeconds(speeds[i % speeds.Length]), total);
                Assert.Equal(last.To, next.From);
                Assert.InRange(next.To, next.From + 1, total);
                Assert.InRange(next.To - next.From, 1, Math.Max(initial, 8 * (last.To - last.From)));
                ends.Add(next.To);
                last = next;
            }

            for (long cut = every; every > 0 && cut <= total; cut += every)
                Assert.Contains(cut, ends);
        });
}
