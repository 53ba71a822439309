using System.Text.Json;

namespace Cluster.Compute.Tests.Pricing;

/// <summary>
/// The exact price is within two standard errors wherever no warning stands. An interval that should miss in 4.6 of 100 seeds may
/// miss in 6 (Cochran 1977, whose rule the warning follows): of N seeds at least the 0.0001-quantile of the binomial (N, 0.94) hold.
/// </summary>
public sealed class PriceCoverageTests
{
    private const int Seeds = 200;
    private const double Coverage = 0.94;
    private const double Risk = 1e-4;

    /// <summary>σ·√T, and numbers of paths that have warnings for some strikes and none for others; from 2 on for most calls.</summary>
    public static TheoryData<double, int> Markets => new()
    {
        { 0.05, 400 }, { 0.05, 4_000 }, { 0.2, 400 }, { 0.2, 4_000 }, { 0.5, 400 }, { 0.5, 4_000 }, { 1, 4_000 }, { 1, 20_000 },
        { 1.5, 20_000 }, { 1.5, 60_000 },
        { 2, 4_000 }, { 2.9, 4_000 }, { 3, 400 },
    };

    [Theory]
    [MemberData(nameof(Markets))]
    public void TwoErrors_AnyEuropeanWithoutWarning_HoldTheExactPrice(double deviation, int paths)
    {
        var tested = 0;
        foreach (var isCall in (bool[])[true, false])
        {
            foreach (var distance in (double[])[-3, -1.5, 0, 1.5, 3])
            {
                var option = new PriceRun { IsCall = isCall, Volatility = deviation, Strike = 100 * Math.Exp(distance * deviation) };
                var exact = BlackScholes.Price(isCall, 100, option.Strike, option.Rate, 0, deviation, 1);
                if (Check(option, paths, exact)) tested++;
            }
        }

        Assert.InRange(tested, 2, 9);
    }

    [Theory]
    [InlineData(0.2, 100)]
    [InlineData(0.8, 80)]
    [InlineData(0.8, 140)]
    public void TwoErrors_AsianOfTwoDates_HoldTheIntegral(double volatility, double strike) => Assert.True(Check(
        new PriceRun { Dates = 2, Volatility = volatility, Strike = strike }, 4_000, BlackScholes.TwoDateAsianCall(100, strike, 0.05, 0, volatility, 1)));

    /// <summary>What the warning is for: the intervals that it takes the place of miss far more often.</summary>
    [Fact]
    public void TwoErrors_SkewedPayoff_HasAWarningForEverySeed() =>
        Assert.All(Enumerable.Range(0, Seeds), seed => Assert.Null(Error(new PriceRun { Volatility = 2 }.Result(4_000, seed))));

    /// <returns>Whether there were enough seeds without a warning.</returns>
    private static bool Check(PriceRun option, int paths, double exact)
    {
        var (sound, held) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var result = option.Result(paths, seed);
            if (Error(result) is not { } error) continue;
            sound++;
            if (Math.Abs(result.GetProperty("price").GetDouble() - exact) <= 2 * error) held++;
        }

        Assert.True(held >= Quantile(sound), $"{option}, {paths} paths: {held} of {sound} hold, at least {Quantile(sound)} should");
        return sound >= Seeds / 2;
    }

    private static double? Error(JsonElement result)
        => result.GetProperty("standardError") is { ValueKind: JsonValueKind.Number } error ? error.GetDouble() : null;

    /// <summary>The largest number that fewer would hold than with a probability of at most <see cref="Risk"/>.</summary>
    private static int Quantile(int seeds)
    {
        var (count, below, term) = (0, 0.0, Math.Pow(1 - Coverage, seeds));
        while (below + term <= Risk)
        {
            below += term;
            term *= (seeds - count) / (count + 1.0) * Coverage / (1 - Coverage);
            count++;
        }

        return count;
    }
}
