using System.Runtime.Intrinsics.X86;
using Cluster.Compute.Philox;
using Cluster.Compute.Pricing;
using Cluster.Compute.Threads;
using CsCheck;

namespace Cluster.Compute.Tests.Pricing;

public sealed class PriceKernelTests
{
    private static readonly VectorWidth[] Widths = Avx512F.IsSupported ? [VectorWidth.Bits256, VectorWidth.Bits512] : [VectorWidth.Bits256];

    private static readonly Gen<long> Start = Gen.OneOf(
        Gen.Long[0, 1000], Gen.Select(Gen.Long[1, int.MaxValue], Gen.Long[-50, 50], (high, offset) => (high << 32) + offset));

    // Some beyond one and two tiles.
    private static readonly Gen<long> Length = Gen.Frequency((9, Gen.Long[0, 40]), (1, Gen.Long[250, 1030]));

    [Fact]
    public void Sum_AnyRangeSeedAndOption_HasTheReferencesBits() =>
        Gen.Select(Start, Length, Gen.ULong, Gen.Int[1, 20], Gen.Bool, Gen.Double[0, 3], Gen.Double[0.001, 100], Gen.Double[-1, 1])
            .Sample((from, length, seed, dates, isCall, volatility, maturity, rate) =>
            {
                var terms = Terms(dates, seed, isCall, volatility, maturity, rate);
                var expected = PriceReference.Sum(in terms, from, from + length);
                Assert.True(double.IsFinite(expected.Deviations) && double.IsFinite(expected.Squares));
                Assert.All(Widths, width => Assert.Equal(Bits(expected), Bits(PriceKernel.Sum(in terms, from, from + length, width))));
            }, iter: 2000);

    [Fact]
    public void Sum_LargestOption_StaysFinite()
    {
        var terms = new OptionTerms(new PriceArguments
        {
            IsCall = true,
            Spot = 1e9,
            Strike = 1e-9,
            Rate = 1,
            DividendYield = -1,
            Volatility = 3,
            Maturity = 100,
            Dates = 1,
            Seed = 1,
        });

        var sums = PriceKernel.Sum(in terms, 0, 100_000);

        Assert.True(double.IsFinite(sums.Deviations) && double.IsFinite(sums.Squares));
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Sum_NotARange_Throws(long from, long to)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PriceKernel.Sum(Terms(1, 1, true, 0.2, 1, 0), from, to));
        Assert.Throws<ArgumentOutOfRangeException>(() => PriceReference.Sum(Terms(1, 1, true, 0.2, 1, 0), from, to));
    }

    [Fact]
    public void Sum_AFewPaths_IsTheFormulaByMath()
    {
        const int dates = 3;
        const double spot = 100, strike = 105, rate = 0.03, yield = 0.01, volatility = 0.4, maturity = 1.5;
        var (expected, paying) = (0.0, 0);
        for (var index = 0ul; index < 10; index++)
        {
            double[] logarithms = [Math.Log(spot), Math.Log(spot)], means = [0, 0];
            for (var date = 0u; date < dates; date++)
            {
                var (w0, w1, w2, w3) = Philox4x32.Block(new PhiloxWords((uint)index, (uint)(index >> 32), date, 0), 9, 0);
                var u = 1 - ((w0 | (ulong)w1 << 32) >> 12) * Math.Pow(2, -52);
                var word = w2 | (ulong)w3 << 32;
                var angle = ((word >> 62) - 0.5 + ((word << 2) >> 12) * Math.Pow(2, -52)) * Math.PI / 2;
                double[] normals = [Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(angle), Math.Sqrt(-2 * Math.Log(u)) * Math.Sin(angle)];
                for (var path = 0; path < 2; path++)
                {
                    const double step = maturity / dates;
                    logarithms[path] += (rate - yield - volatility * volatility / 2) * step + volatility * Math.Sqrt(step) * normals[path];
                    means[path] += Math.Exp(logarithms[path]) / dates;
                }
            }

            expected += means.Sum(mean => Math.Max(mean - strike, 0));
            paying += means.Count(mean => mean > strike);
        }

        var terms = new OptionTerms(new PriceArguments
        {
            IsCall = true,
            Spot = spot,
            Strike = strike,
            Rate = rate,
            DividendYield = yield,
            Volatility = volatility,
            Maturity = maturity,
            Dates = dates,
            Seed = 9,
        });

        var sums = PriceReference.Sum(in terms, 0, 10);
        Assert.Equal(expected, sums.Deviations + 20 * terms.Centre, 1e-9);
        Assert.InRange(paying, 1, 19);
        Assert.Equal(paying, sums.Paying);
    }

    private static OptionTerms Terms(int dates, ulong seed, bool isCall, double volatility, double maturity, double rate) => new(new PriceArguments
    {
        IsCall = isCall,
        Spot = 100,
        Strike = 95,
        Rate = rate,
        DividendYield = 0.02,
        Volatility = volatility,
        Maturity = maturity,
        Dates = dates,
        Seed = seed,
    });

    private static (ulong, ulong, long) Bits(PriceSums sums) =>
        (BitConverter.DoubleToUInt64Bits(sums.Deviations), BitConverter.DoubleToUInt64Bits(sums.Squares), sums.Paying);
}
