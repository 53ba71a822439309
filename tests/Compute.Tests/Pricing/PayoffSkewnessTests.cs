using Cluster.Compute.Pricing;

namespace Cluster.Compute.Tests.Pricing;

public sealed class PayoffSkewnessTests
{
    /// <summary>A call that is sure to pay has the skewness of the lognormal price, (e^s² + 2)·√(e^s² - 1).</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_CallThatAlwaysPays_IsTheLognormals(double deviation)
    {
        var square = Math.Exp(deviation * deviation);

        Assert.Equal(1, PayoffSkewness.Of(Terms(true, 1e-9, deviation, 1)) / ((square + 2) * Math.Sqrt(square - 1)), 1e-4);
    }

    /// <summary>Of a chance p of an exponential payoff, the skewness is about 6/(2√2·√p): far out the normal's tail is one.</summary>
    [Fact]
    public void Of_RarePayoff_GrowsAsTheRootOfItsChance()
    {
        var chance = BlackScholes.Normal(-5.05);

        Assert.Equal(6 / Math.Pow(2, 1.5) / Math.Sqrt(chance), PayoffSkewness.Of(Terms(true, 100 * Math.Exp(0.5), 0.1, 1)), 0.1 / Math.Sqrt(chance));
    }

    [Fact]
    public void Of_MeanOfManyDates_IsThatOfItsLognormal()
    {
        // Of small deviations the mean over many dates has a third of the variance: Kemna and Vorst (1990).
        var expected = PayoffSkewness.Of(Terms(true, 100, 0.1 / Math.Sqrt(3), 1));

        Assert.Equal(expected, PayoffSkewness.Of(Terms(true, 100, 0.1, 10_000)), 0.01 * expected);
    }

    [Fact]
    public void Of_EveryPathTheSame_IsNoNumber() => Assert.True(double.IsNaN(PayoffSkewness.Of(Terms(true, 1e9, 0.01, 1))));

    private static OptionTerms Terms(bool isCall, double strike, double deviation, int dates) => new(new PriceArguments
    {
        IsCall = isCall,
        Spot = 100,
        Strike = strike,
        Rate = 0,
        DividendYield = 0,
        Volatility = deviation,
        Maturity = 1,
        Dates = dates,
        Seed = 0,
    });
}
