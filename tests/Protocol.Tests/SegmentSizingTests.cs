using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class SegmentSizingTests
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(2);
    private static readonly SegmentSizing Sizing = new() { InitialClocks = 10 };

    /// <summary>The last columns are the time for a clock, 0 for unknown, and the work over which it was seen.</summary>
    [Theory]
    [InlineData(0, 0, 0, 0, 10)]
    [InlineData(100, 100, 0, 0, 110)]
    [InlineData(100, 120, 0.1, 2, 140)]
    [InlineData(100, 120, 0.05, 1, 160)]
    [InlineData(100, 120, 0.5, 10, 124)]
    [InlineData(100, 120, 50, 1000, 121)]
    [InlineData(100, 120, 0.0001, 0.002, 280)]
    [InlineData(100, 120, 0.0025, 0.05, 920)]
    [InlineData(100, 990, 0.01, 2, 1000)]
    [InlineData(100, 1000, 0.01, 2, 1000)]
    public void Next_MeasuredSegment_HoldsTheTargetWithinGrowthAndEnd(long from, long to, double step, double seen, long expected) =>
        Assert.Equal(new Segment(to, expected), Sizing.Next(new Segment(from, to), Rate(step, seen), Target, total: 1000));

    /// <summary>Of one clock only a bound is known: two show what a clock takes.</summary>
    [Theory]
    [InlineData(9, 102)]
    [InlineData(0.5, 104)]
    [InlineData(0.01, 108)]
    public void Next_OnlyABoundIsKnown_TakesAtLeastTwoClocks(double bound, long expected) =>
        Assert.Equal(new Segment(100, expected), Sizing.Next(new Segment(99, 100), Rate(bound, 0), Target, total: 1000));

    [Theory]
    [InlineData(0, 7)]
    [InlineData(5, 7)]
    [InlineData(7, 14)]
    [InlineData(996, 1000)]
    public void Next_WithCuts_EndsAtTheNextOne(long at, long expected) =>
        Assert.Equal(expected, (Sizing with { Every = 7 }).Next(new Segment(at, at), default, Target, total: 1000).To);

    /// <summary>Multiples of both end a segment, whichever comes first.</summary>
    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 7)]
    [InlineData(7, 10)]
    [InlineData(14, 15)]
    [InlineData(30, 35)]
    public void Next_WithCheckpoints_EndsAtTheirsToo(long at, long expected) =>
        Assert.Equal(expected, (Sizing with { Every = 7, CheckpointEvery = 5 }).Next(new Segment(at, at), default, Target, total: 1000).To);

    [Fact]
    public void Next_HugeNumbers_StayWithinTheTotal()
    {
        var sizing = new SegmentSizing { InitialClocks = long.MaxValue };

        Assert.Equal(new Segment(9, long.MaxValue), sizing.Next(new Segment(9, 9), default, Target, long.MaxValue));
        Assert.Equal(new Segment(1L << 62, long.MaxValue),
            sizing.Next(new Segment(0, 1L << 62), new SegmentRate(TimeSpan.FromTicks(1), Target), TimeSpan.MaxValue, long.MaxValue));
    }

    /// <summary>Whatever the speeds, segments follow one another to the end, grow at most eightfold where the rate is not known well,
    /// and meet every cut.</summary>
    [Fact]
    public void Next_AnySpeeds_CoversTheJobAndCrossesNoCut() =>
        Gen.Select(Gen.Long[1, 5_000], Gen.Long[0, 700], Gen.Long[1, 100], Gen.Double[0, 30].Array[1, 20]).Sample((total, every, initial, speeds) =>
        {
            var sizing = new SegmentSizing { InitialClocks = initial, Every = every };
            var ends = new HashSet<long>();
            var last = new Segment(0, 0);
            for (var i = 0; last.To < total; i++)
            {
                var next = sizing.Next(last, Rate(speeds[i % speeds.Length], seen: 0.001), Target, total);
                Assert.Equal(last.To, next.From);
                Assert.InRange(next.To, next.From + 1, total);
                Assert.InRange(next.To - next.From, 1, Math.Max(8 * initial, 8 * (last.To - last.From)));
                ends.Add(next.To);
                last = next;
            }

            for (var cut = every; every > 0 && cut <= total; cut += every)
                Assert.Contains(cut, ends);
        });

    [Fact]
    public void After_TasksThatDiffer_GoesByTheSlowest()
    {
        var rate = default(SegmentRate).After([Pace(10, 1, 3), Pace(10, 2, 3)], clocks: 11);

        Assert.Equal(Rate(0.2, 2), rate);
    }

    /// <summary>A segment of one clock shows no time between two: what came before it may have been a wait for a worker.</summary>
    [Theory]
    [InlineData(0, 5, 0, 5)]
    [InlineData(0.2, 5, 3, 0.2)]
    [InlineData(9, 5, 3, 5)]
    public void After_OneClock_KeepsWhatIsKnownUnlessItsTimeIsShorter(double known, double pause, double seen, double expected) =>
        Assert.Equal(Rate(expected, seen), Rate(known, seen).After([Pace(0, 0, pause)], clocks: 1));

    private static SegmentRate Rate(double step, double seen) => new(step > 0 ? TimeSpan.FromSeconds(step) : null, TimeSpan.FromSeconds(seen));

    private static SegmentPace Pace(long clocks, double work, double pause) => new(clocks, TimeSpan.FromSeconds(work), TimeSpan.FromSeconds(pause));
}
