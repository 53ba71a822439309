using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class EpochScheduleTests
{
    [Fact]
    public void Share_AnySchedule_TakesEachPositionOfEachEpochOnceAndEvenly() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 20], Gen.Int[1, 9], Gen.Int[1, 3]).Sample((examples, lanes, batch, epochs) =>
        {
            var schedule = new EpochSchedule(examples, lanes, batch, epochs);
            var taken = new List<(long Epoch, long Position)>();
            for (long clock = 0; clock < schedule.TotalClocks; clock++)
            {
                EpochShare[] shares = [.. Enumerable.Range(0, lanes).Select(lane => schedule.Share(clock, lane))];
                Assert.InRange(shares.Max(share => share.Count), 1, batch);
                Assert.True(shares.Max(share => share.Count) - shares.Min(share => share.Count) <= 1);
                foreach (EpochShare share in shares)
                {
                    for (long position = share.Start; position < share.End; position++)
                        taken.Add((share.Epoch, position));
                }
            }

            var all = Enumerable.Range(0, epochs).SelectMany(epoch => Enumerable.Range(0, examples).Select(position => ((long)epoch, (long)position)));
            Assert.Equal(all, taken);
        });

    [Fact]
    public void TotalClocks_ChapterExample_IsAHundredEpochsOnEachOfTwoWorkers()
    {
        var schedule = new EpochSchedule(examples: 101, lanes: 2, batch: 1, epochs: 200);

        Assert.Equal(51, schedule.StepsPerEpoch);
        Assert.Equal(10_200, schedule.TotalClocks);
        Assert.Equal(0, schedule.Share(50, 0).Count);
        Assert.Equal(1, schedule.Share(50, 1).Count);
    }

    [Fact]
    public void Example_AnySeedAndEpoch_IsABijection() =>
        Gen.Select(Gen.ULong, Gen.Long[0, 1L << 40], Gen.Int[1, 3000]).Sample((seed, epoch, examples) =>
        {
            var order = new ExampleOrder(seed, examples);
            var seen = new bool[examples];
            for (int position = 0; position < examples; position++)
            {
                long example = order.Example(epoch, position);
                Assert.False(seen[example]);
                seen[example] = true;
            }
        });

    [Fact]
    public void Example_OtherSeedOrEpoch_IsAnotherOrder()
    {
        static long[] Order(ulong seed, long epoch) =>
            [.. Enumerable.Range(0, 100).Select(position => new ExampleOrder(seed, 100).Example(epoch, position))];

        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(1 + (1UL << 32), 0));
        Assert.Equal(Order(1, 0), Order(1, 0));
    }

    /// <summary>Over many epochs each example comes at each position about equally often: χ² with 99 degrees of freedom stays below its 1 - 10⁻⁶ quantile, 180.8.</summary>
    [Fact]
    public void Example_ManyEpochs_IsUniform()
    {
        var order = new ExampleOrder(42, 100);
        var counts = new int[100];
        for (long epoch = 0; epoch < 20_000; epoch++)
            counts[order.Example(epoch, 17)]++;

        Assert.True(counts.Sum(count => Math.Pow(count - 200.0, 2) / 200.0) < 180.8);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 62) + 1)]
    public void Example_HugeDataSets_StayInRange(long examples)
    {
        var order = new ExampleOrder(7, examples);

        for (int i = 0; i < 100; i++)
            Assert.InRange(order.Example(i, examples - 1 - i), 0, examples - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => order.Example(0, examples));
    }
}
