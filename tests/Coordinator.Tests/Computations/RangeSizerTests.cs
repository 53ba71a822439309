using Cluster.Contracts.Devices;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Placements;
using CsCheck;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class RangeSizerTests
{
    private const string Device = "/job:worker/replica:0/task:0/device:CPU:0";

    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(300);

    [Fact]
    public void Next_NothingMeasured_IsOneGrain()
        => Assert.All(Enumerable.Repeat(new RangeSizer(Target), 10), sizer => Assert.Equal(1, Next(sizer, 1_000_000, 2)));

    [Fact]
    public void Next_SteadyRate_SettlesAtTheTargetDuration()
    {
        var sizer = new RangeSizer(Target);
        var size = 1L;
        for (var i = 0; i < 20; i++)
        {
            sizer.Observe(Device, size, size / 1000.0);
            size = Next(sizer, 1_000_000, 2);
        }

        Assert.Equal(300, size);
    }

    [Fact]
    public void Next_AnyMeasurements_CutsCoverTheSpaceOnceAndEndWithoutATail()
        => Gen.Select(Gen.Long[1, 50_000], Gen.Int[1, 64], Gen.Double[1e-6, 1e9].Array[0, 20], Gen.Int[0, 7]).Sample((grains, slots, rates, every) =>
        {
            var sizer = new RangeSizer(Target);
            var target = SharedBy(slots);
            var (next, cuts, largest) = (0L, 0L, 1L);
            while (next < grains)
            {
                if (rates.Length > 0 && cuts % (every + 1) == 0) sizer.Observe(Device, largest, largest / rates[cuts % rates.Length]);
                var remaining = grains - next;
                var size = sizer.Next(target, [target], remaining);

                Assert.InRange(size, 1, remaining);
                Assert.InRange(size, 1, Math.Max(1, remaining / (2L * slots)));
                Assert.InRange(size, 1, largest * 4);
                largest = Math.Max(largest, size);
                next += size;
                cuts++;
                if (rates.Length == 0 && cuts > 1000) return;
            }

            Assert.Equal(grains, next);
        }, iter: 300);

    [Fact]
    public void Next_HugeRemainder_CutsItInLogarithmicallyManyRanges()
    {
        var sizer = new RangeSizer(Target);
        sizer.Observe(Device, 1, 1e-17);
        var (remaining, cuts) = (1L << 48, 0);
        for (; remaining > 0; cuts++) remaining -= Next(sizer, remaining, 4);

        // A share of 1/8 each leaves 7/8: ln(2^48) / ln(8/7) ≈ 250, and 1 grain at a time at the end.
        Assert.InRange(cuts, 1, 300);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.Epsilon)]
    [InlineData(1e-300)]
    [InlineData(double.PositiveInfinity)]
    public void Next_AfterAbsurdDuration_StaysWithinTheSpace(double seconds)
    {
        var sizer = new RangeSizer(Target);
        for (var i = 0; i < 100; i++)
        {
            sizer.Observe(Device, long.MaxValue / 2, seconds);
            Assert.InRange(Next(sizer, long.MaxValue / 4, 1), 1, long.MaxValue / 4);
        }
    }

    [Fact]
    public void Next_FastAndSlowDeviceOnOneQueue_BoundsTheTimeOfTheSlowOne()
    {
        var sizer = new RangeSizer(Target);
        PlacementTarget both = new(Key("work-cpu"), ["fast", "slow"]);
        for (var i = 0; i < 10; i++)
        {
            sizer.Observe("fast", 1000, 1);
            sizer.Observe("slow", 20, 1);
            sizer.Next(both, [both], 1_000_000);
        }

        Assert.Equal(24, sizer.Next(both, [both], 1_000_000));
    }

    [Theory]
    [InlineData(20_000, 50)]
    [InlineData(200_000, 50)]
    [InlineData(200_000, 1)]
    [InlineData(50, 50)]
    public void Next_TwoDevicesOfUnlikeSpeedThatShareAJob_EndTogether(long grains, int ratio)
    {
        const double slowRate = 100;
        PlacementTarget[] targets = [new(Key("work-gpu"), ["fast"]), new(Key("work-cpu"), ["slow"])];
        double[] rates = [slowRate * ratio, slowRate];
        var sizer = new RangeSizer(Target);
        var queues = new Queue<long>[] { new(), new() };
        double[] freeAt = [0, 0];
        var (next, longest, counted) = (0L, 0.0, 0L);
        while (true)
        {
            for (var i = 0; i < 2; i++)
            {
                for (; queues[i].Count < 2 && next < grains; next += queues[i].Last()) queues[i].Enqueue(sizer.Next(targets[i], targets, grains - next));
            }

            // The device whose item ends first.
            var ends = queues.Select((q, i) => q.Count == 0 ? double.MaxValue : freeAt[i] + (q.Peek() / rates[i])).ToArray();
            if (ends.Min() == double.MaxValue) break;
            var device = Array.IndexOf(ends, ends.Min());
            var size = queues[device].Dequeue();
            (longest, counted, freeAt[device]) = (Math.Max(longest, size / rates[device]), counted + size, ends[device]);
            sizer.Observe(targets[device].Devices[0], size, size / rates[device]);
        }

        Assert.Equal(grains, counted);
        Assert.InRange(longest, 0, Target.TotalSeconds * 1.01);
        Assert.InRange(Math.Abs(freeAt[0] - freeAt[1]), 0, Target.TotalSeconds);
    }

    private static PlacementKey Key(string queue) => new(queue, DeviceSpec.Any);

    private static long Next(RangeSizer sizer, long remaining, int slots)
    {
        var target = SharedBy(slots);
        return sizer.Next(target, [target], remaining);
    }

    private static PlacementTarget SharedBy(int slots)
        => new(Key("work-cpu"), [.. Enumerable.Range(0, slots).Select(i => i == 0 ? Device : $"{Device}-{i}")]);
}
