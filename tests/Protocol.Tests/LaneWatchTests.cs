using Cluster.Protocol.Lanes;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Tests;

public sealed class LaneWatchTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    [Fact]
    public void TakeStalled_LanesThatStandStill_AreTakenOnceAGrace()
    {
        var watch = Start(lanes: 3);
        Observe(watch, [4, 4, 4], second: 1);
        Observe(watch, [5, 4, 4], second: 6);

        Assert.Equal(Lanes(), watch.TakeStalled(end: 9, At(10.9)));
        Assert.Equal(Lanes(1, 2), watch.TakeStalled(end: 9, At(11)));
        Assert.Equal(Lanes(), watch.TakeStalled(end: 9, At(12)));
        Assert.Equal(Lanes(0), watch.TakeStalled(end: 9, At(16)));
        Assert.Equal(Lanes(), watch.TakeStalled(end: 9, At(30.9)));
        Assert.Equal(Lanes(1, 2), watch.TakeStalled(end: 9, At(31)));
    }

    [Fact]
    public void TakeStalled_LaneThatNobodyMoves_IsTakenEverMoreSeldom()
    {
        var watch = Start(lanes: 1);
        var taken = new List<int>();
        for (var second = 1; second <= 1000; second++)
        {
            if (!watch.TakeStalled(end: 9, At(second)).IsEmpty) taken.Add(second);
        }

        Assert.Equal([10, 30, 70, 150, 310, 470, 630, 790, 950], taken);
        Observe(watch, [1], second: 1001);
        Assert.Equal(Lanes(0), watch.TakeStalled(end: 9, At(1011)));
    }

    [Fact]
    public void TakeStalled_LaneThatWaitedForAnother_HasItsGraceFromThenOn()
    {
        var watch = Start(lanes: 2);
        watch.Excuse(0, At(9));

        Assert.Equal(Lanes(1), watch.TakeStalled(end: 9, At(18)));
        Assert.Equal(Lanes(0), watch.TakeStalled(end: 9, At(19)));
    }

    [Fact]
    public void TakeStalled_LaneThatWasGivenUp_IsTakenAtOnceAndThenHasItsGrace()
    {
        var watch = Start(lanes: 2);
        Observe(watch, [4, 4], second: 1);
        watch.GiveUp(1);

        Assert.Equal(Lanes(1), watch.TakeStalled(end: 9, At(1)));
        Assert.Equal(Lanes(), watch.TakeStalled(end: 9, At(10.9)));
        Assert.Equal(Lanes(0, 1), watch.TakeStalled(end: 9, At(11)));
    }

    [Fact]
    public void TakeStalled_LanesAtTheEnd_AreDone()
    {
        var watch = Start(lanes: 3);
        Observe(watch, [9, 8, 10], second: 1);

        Assert.Equal(Lanes(1), watch.TakeStalled(end: 9, At(60)));
    }

    [Fact]
    public void TakeStalled_LanesNobodyObserved_StandStillFromTheRestart()
    {
        var watch = Start(lanes: 2);
        Observe(watch, [9, 9], second: 1);
        watch.Restart(At(5));

        Assert.Equal(Lanes(), watch.TakeStalled(end: 9, At(14.9)));
        Assert.Equal(Lanes(0, 1), watch.TakeStalled(end: 9, At(15)));
    }

    /// <summary>After a failure lanes may be behind where they were: that is a move too.</summary>
    [Fact]
    public void Observe_ClockThatFell_StartsANewGrace()
    {
        var watch = Start(lanes: 1);
        Observe(watch, [6], second: 1);
        Observe(watch, [3], second: 9);

        Assert.Equal(Lanes(), watch.TakeStalled(end: 9, At(18.9)));
        Assert.Equal(Lanes(0), watch.TakeStalled(end: 9, At(19)));
    }

    private static LaneWatch Start(int lanes)
    {
        var watch = new LaneWatch(lanes, Grace);
        watch.Restart(At(0));
        return watch;
    }

    private static void Observe(LaneWatch watch, long[] clocks, double second)
    {
        for (var lane = 0; lane < clocks.Length; lane++)
            watch.Observe(lane, clocks[lane], At(second));
    }

    private static TimeSpan At(double second) => TimeSpan.FromSeconds(second);

    private static LaneSet Lanes(params int[] lanes)
    {
        var set = default(LaneSet);
        foreach (var lane in lanes)
            set.Add(lane);
        return set;
    }
}
