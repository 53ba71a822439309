using Cluster.Compute.Pi;
using Cluster.Compute.Pricing;
using CsCheck;

namespace Cluster.DeviceSuite;

/// <summary>Pi counts and price sums against their references and known answers.</summary>
public abstract class MonteCarloSuite : DeviceTest
{
    private static readonly Gen<long> Start = Gen.OneOf(
        Gen.Long[0, 1000],
        Gen.Long[0, long.MaxValue - 20_000],
        Gen.Select(Gen.Long[1, int.MaxValue], Gen.Long[-1000, 1000], (high, offset) => (high << 32) + offset));

    [Theory]
    [InlineData(42ul, 1000, 1_572ul)]
    [InlineData(42ul, 1 << 20, 1_647_312ul)]
    [InlineData(42ul, 1 << 23, 13_175_839ul)]
    [InlineData(0ul, 1 << 20, 1_646_914ul)]
    public void CountPiInside_FromZero_IsTheKnownAnswer(ulong seed, long blocks, ulong inside)
    {
        var counts = new ulong[1];

        Stream.CountPiInside(0, blocks, blocks, seed, counts);

        Assert.Equal(inside, counts[0]);
    }

    [Fact]
    public void CountPiInside_AnyRanges_AreTheReferences() =>
        Gen.Select(Start, Gen.Int[0, 10_000], Gen.Int[1, 3000], Gen.ULong).Sample((from, length, size, seed) =>
        {
            var counts = new ulong[(length + size - 1) / size];

            Stream.CountPiInside(from, from + length, size, seed, counts);

            for (var i = 0; i < counts.Length; i++)
            {
                var (start, end) = (from + (long)i * size, Math.Min(from + length, from + (i + 1L) * size));
                Assert.Equal(PhiloxPiReference.CountInside(start, end, seed), counts[i]);
            }
        }, iter: 100, threads: 1);

    [Fact]
    public void CountPiInside_UpToTheLastIndex_IsTheReference()
    {
        const long from = long.MaxValue - 1001;
        var counts = new ulong[2];

        Stream.CountPiInside(from, long.MaxValue, 1000, 3, counts);

        Assert.Equal(PhiloxPiReference.CountInside(from, from + 1000, 3), counts[0]);
        Assert.Equal(PhiloxPiReference.CountInside(from + 1000, long.MaxValue, 3), counts[1]);
    }

    [Fact]
    public void SumPrices_AnyRangesAndOptions_HaveTheReferencesBits() =>
        Gen.Select(Start, Gen.Int[0, 200], Gen.Int[1, 70], Gen.Int[1, 12], Gen.Bool, Gen.ULong).Sample(
            (from, length, size, dates, isCall, seed) =>
            {
                var terms = new OptionTerms(new PriceArguments
                {
                    IsCall = isCall,
                    Spot = 100,
                    Strike = 105,
                    Rate = 0.03,
                    DividendYield = 0.01,
                    Volatility = 0.4,
                    Maturity = 1.5,
                    Dates = dates,
                    Seed = seed,
                });
                var sums = new PriceSums[(length + size - 1) / size];

                Stream.SumPrices(in terms, from, from + length, size, sums);

                for (var i = 0; i < sums.Length; i++)
                {
                    var (start, end) = (from + (long)i * size, Math.Min(from + length, from + (i + 1L) * size));
                    var expected = PriceReference.Sum(in terms, start, end);
                    Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Deviations), BitConverter.DoubleToInt64Bits(sums[i].Deviations));
                    Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Squares), BitConverter.DoubleToInt64Bits(sums[i].Squares));
                    Assert.Equal(expected.Paying, sums[i].Paying);
                }
            }, iter: 100, threads: 1);

    [Theory]
    [InlineData(-1, 5, 1, 6)]
    [InlineData(6, 5, 1, 0)]
    [InlineData(0, 5, 0, 5)]
    public void CountPiInside_NoRange_Throws(long from, long to, long blocks, int counts) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.CountPiInside(from, to, blocks, 42, new ulong[counts]));

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void CountPiInside_WrongNumberOfCounts_SaysHowMany(int counts)
    {
        var failure = Assert.Throws<ArgumentException>(() => Stream.CountPiInside(0, 25, 10, 42, new ulong[counts]));

        Assert.Contains($"{counts} results", failure.Message, StringComparison.Ordinal);
        Assert.Contains("3 are needed", failure.Message, StringComparison.Ordinal);
    }
}
