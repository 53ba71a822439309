using Cluster.Coordinator.Computations;
using CsCheck;

namespace Cluster.Coordinator.Tests.Computations;

public sealed class RangeSizerTests
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(300);

    [Fact]
    public void Next_NothingMeasured_IsOneGrain()
        => Assert.All(Enumerable.Repeat(new RangeSizer(Target), 10), sizer => Assert.Equal(1, sizer.Next(1_000_000, 2)));

    [Fact]
    public void Next_SteadyRate_SettlesAtTheTargetDuration()
    {
        var sizer = new RangeSizer(Target);
        var size = 1L;
        for (var i = 0; i < 20; i++)
        {
            sizer.Observe(size, size / 1000.0);
            size = sizer.Next(1_000_000, 2);
        }

        Assert.Equal(300, size);
    }

    [Fact]
    public void Next_AnyMeasurements_CutsCoverTheSpaceOnceAndEndWithoutATail()
        => Gen.Select(Gen.Long[1, 2_000_000], Gen.Int[1, 64], Gen.Double[1e-6, 1e9].Array[0, 20], Gen.Int[0, 7]).Sample((grains, slots, rates, every) =>
        {
            var sizer = new RangeSizer(Target);
            var (next, cuts, largest) = (0L, 0L, 1L);
            while (next < grains)
            {
                if (rates.Length > 0 && cuts % (every + 1) == 0) sizer.Observe(largest, largest / rates[cuts % rates.Length]);
                var remaining = grains - next;
                var size = sizer.Next(remaining, slots);

                Assert.InRange(size, 1, remaining);
                Assert.InRange(size, 1, Math.Max(1, remaining / (2L * slots)));
                Assert.InRange(size, 1, largest * 4);
                largest = Math.Max(largest, size);
                next += size;
                cuts++;
                if (rates.Length == 0 && cuts > 1000) return;
            }

            Assert.Equal(grains, next);
        }, iter: 500);

    [Fact]
    public void Next_HugeRemainder_CutsItInLogarithmicallyManyRanges()
    {
        var sizer = new RangeSizer(Target);
        sizer.Observe(1, 1e-17);
        var (remaining, cuts) = (1L << 48, 0);
        for (; remaining > 0; cuts++) remaining -= sizer.Next(remaining, 4);

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
            sizer.Observe(long.MaxValue / 2, seconds);
            Assert.InRange(sizer.Next(long.MaxValue / 4, 1), 1, long.MaxValue / 4);
        }
    }
}
