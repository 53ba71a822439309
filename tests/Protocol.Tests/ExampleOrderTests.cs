using Cluster.Protocol.Lanes;
using CsCheck;

namespace Cluster.Protocol.Tests;

public sealed class ExampleOrderTests
{
    [Fact]
    public void Example_EverySmallSize_IsABijection()
    {
        for (var examples = 1; examples <= 300; examples++)
        {
            for (long epoch = 0; epoch < 4; epoch++)
                IsBijection((ulong)examples, epoch, examples);
        }
    }

    [Fact]
    public void Example_AnySeedEpochAndSize_IsABijection() =>
        Gen.Select(Gen.ULong, Gen.Long[0, 1L << 40], Gen.Int[1, 3000]).Sample(IsBijection);

    [Theory]
    [InlineData(65_537)]
    [InlineData(1_000_003)]
    [InlineData(1 << 20)]
    public void Example_LargeSizes_IsABijection(int examples) => IsBijection(seed: 7, epoch: 3, examples);

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 62) + 1)]
    [InlineData(1L << 62)]
    public void Example_HugeDataSets_StayInRange(long examples)
    {
        var order = new ExampleOrder(7, examples);

        for (var i = 0; i < 100; i++)
            Assert.InRange(order.Example(i, examples - 1 - i), 0, examples - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => order.Example(0, examples));
        Assert.Throws<ArgumentOutOfRangeException>(() => order.Example(0, -1));
    }

    [Fact]
    public void Of_AnEpoch_IsThatEpochsOrder() => Gen.Select(Gen.ULong, Gen.Long[0, 1000], Gen.Int[1, 300]).Sample((seed, epoch, examples) =>
    {
        var order = new ExampleOrder(seed, examples);
        var ofEpoch = order.Of(epoch);
        for (var position = 0; position < examples; position++)
            Assert.Equal(order.Example(epoch, position), ofEpoch.Example(position));
    });

    /// <summary>Over many epochs each of the 24 permutations of four examples comes about equally often: 23 degrees of freedom.</summary>
    [Fact]
    public void Of_FourExamples_TakesEachPermutationEquallyOften()
    {
        const int epochs = 48_000;
        var order = new ExampleOrder(42, 4);
        var counts = new int[256];
        for (long epoch = 0; epoch < epochs; epoch++)
            counts[(order.Example(epoch, 0) * 64) + (order.Example(epoch, 1) * 16) + (order.Example(epoch, 2) * 4) + order.Example(epoch, 3)]++;

        int[] seen = [.. counts.Where(count => count > 0)];
        Assert.Equal(24, seen.Length);
        IsUniform(seen, epochs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(97)]
    [InlineData(65_537)]
    public void Position_ChosenSizes_UndoesExample(int examples) => PositionUndoesExample(3, 11, examples);

    [Fact]
    public void Position_AnySeedEpochAndSize_UndoesExample() =>
        Gen.Select(Gen.ULong, Gen.Long[0, 1L << 40], Gen.Int[1, 3000]).Sample(PositionUndoesExample);

    [Fact]
    public void Position_OutsideTheExamples_IsRefused()
    {
        var order = new ExampleOrder(1, 10).Of(0);

        Assert.Throws<ArgumentOutOfRangeException>(() => order.Position(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => order.Position(-1));
    }

    /// <summary>Rows are held out by an order of their own: it agrees with that of an epoch as often as chance does.</summary>
    [Fact]
    public void HeldOut_AnySize_IsABijectionUnlikeThoseOfTheEpochs()
    {
        long agreements = 0;
        for (ulong seed = 0; seed < 1000; seed++)
        {
            EpochOrder heldOut = new ExampleOrder(seed, 101).HeldOut, first = new ExampleOrder(seed, 101).Of(0);
            Assert.Equal(101, Enumerable.Range(0, 101).Select(i => heldOut.Example(i)).Distinct().Count());
            agreements += Enumerable.Range(0, 101).Count(i => heldOut.Example(i) == first.Example(i));
        }

        // Poisson with mean 1 a seed; five standard deviations.
        Assert.InRange(agreements, 1000 - 158, 1000 + 158);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(100)]
    [InlineData(257)]
    public void Example_ManyEpochs_IsUniformAtEachPosition(int examples)
    {
        const int each = 100;
        var epochs = each * examples;
        var order = new ExampleOrder(42, examples);
        var counts = new int[examples, examples];
        for (long epoch = 0; epoch < epochs; epoch++)
        {
            var ofEpoch = order.Of(epoch);
            for (var position = 0; position < examples; position++)
                counts[position, ofEpoch.Example(position)]++;
        }

        for (var position = 0; position < examples; position++)
            IsUniform([.. Enumerable.Range(0, examples).Select(example => counts[position, example])], epochs);
    }

    /// <summary>In a random permutation the place of one example says nothing about its neighbour's: their distance is uniform over 1 to N - 1.</summary>
    [Theory]
    [InlineData(101)]
    [InlineData(4096)]
    public void Example_OfNeighbours_AreAnyDistanceApart(int examples)
    {
        var epochs = (400 * 100 / examples) + 10;
        var order = new ExampleOrder(5, examples);
        var counts = new int[examples - 1];
        for (long epoch = 0; epoch < epochs; epoch++)
        {
            var ofEpoch = order.Of(epoch);
            for (var position = 1; position < examples; position++)
            {
                var distance = ofEpoch.Example(position) - ofEpoch.Example(position - 1);
                counts[(int)(distance < 0 ? distance + examples : distance) - 1]++;
            }
        }

        IsUniform(counts, epochs * (examples - 1));
    }

    /// <summary>
    /// Unrelated permutations agree at one position on average, and map one neighbour pair alike: both numbers are
    /// Poisson with mean 1. So they are for the identity, for the epochs before, and for seeds that differ in one bit.
    /// </summary>
    [Theory]
    [InlineData(64)]
    [InlineData(1009)]
    public void Of_OtherEpochOrSeed_AgreesAsOftenAsChance(int examples)
    {
        const int pairs = 4_000;
        long fixedPoints = 0, sameAsLast = 0, sameAsOtherSeed = 0, sameNeighbours = 0;
        for (long epoch = 1; epoch <= pairs; epoch++)
        {
            EpochOrder order = new ExampleOrder(9, examples).Of(epoch), last = new ExampleOrder(9, examples).Of(epoch - 1);
            var otherSeed = new ExampleOrder(9 ^ (1UL << (int)(epoch % 64)), examples).Of(epoch);
            for (var position = 0; position < examples; position++)
            {
                var example = order.Example(position);
                fixedPoints += example == position ? 1 : 0;
                sameAsLast += example == last.Example(position) ? 1 : 0;
                sameAsOtherSeed += example == otherSeed.Example(position) ? 1 : 0;
                sameNeighbours += position > 0 && example == order.Example(position - 1) + 1 ? 1 : 0;
            }
        }

        // Five standard deviations of a sum of Poisson numbers.
        var allowed = 5 * Math.Sqrt(pairs);
        Assert.All([fixedPoints, sameAsLast, sameAsOtherSeed, sameNeighbours], count => Assert.InRange(count, pairs - allowed, pairs + allowed));
    }

    [Fact]
    public void Example_SteadyState_AllocatesNothing()
    {
        var order = new ExampleOrder(1, 1000);
        var sum = order.Example(0, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (long epoch = 0; epoch < 100; epoch++)
            sum += order.Of(epoch).Example(epoch) + order.Example(epoch, 999);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sum > 0);
    }

    private static void PositionUndoesExample(ulong seed, long epoch, int examples)
    {
        var order = new ExampleOrder(seed, examples).Of(epoch);
        for (var position = 0; position < examples; position++)
            Assert.Equal(position, order.Position(order.Example(position)));
    }

    private static void IsBijection(ulong seed, long epoch, int examples)
    {
        var order = new ExampleOrder(seed, examples).Of(epoch);
        var seen = new bool[examples];
        for (var position = 0; position < examples; position++)
        {
            var example = order.Example(position);
            Assert.False(seen[example]);
            seen[example] = true;
        }
    }

    /// <summary>χ² against equal counts, by its normal approximation (Wilson and Hilferty 1931), within six standard deviations above.</summary>
    private static void IsUniform(int[] counts, long total)
    {
        var expected = (double)total / counts.Length;
        double freedom = counts.Length - 1;
        var square = counts.Sum(count => Math.Pow(count - expected, 2) / expected);
        var variance = 2 / (9 * freedom);
        var deviations = (Math.Cbrt(square / freedom) - (1 - variance)) / Math.Sqrt(variance);
        Assert.True(deviations < 6, $"χ² of {square} with {freedom} degrees of freedom: {deviations} standard deviations");
    }
}
