using System.Text.Json;

namespace Cluster.Compute.Tests.Pricing;

/// <summary>Where price ± standard error would mislead, there is none, and what is known instead.</summary>
public sealed class PriceWarningTests
{
    [Fact]
    public void Result_LargeVolatilityAndMaturity_HasTheExactPriceAndNoError()
    {
        var result = new PriceRun { Volatility = 3, Maturity = 100 }.Result(100_000);

        Assert.Equal(JsonValueKind.Null, result.GetProperty("standardError").ValueKind);
        Assert.Equal(100.00, result.GetProperty("closedForm").GetDouble(), 1e-9);
        Assert.Equal("volatility·√maturity is 30, above 3: the price rests on paths too rare to be drawn; the closed form is exact", Warnings(result)[^1]);
    }

    [Fact]
    public void Result_PayoffRarerThanThePaths_HasTheExactPriceAndABound()
    {
        var result = new PriceRun { Strike = 300 }.Result(100_000);

        Assert.Equal((0.0, 0L), (result.GetProperty("price").GetDouble(), result.GetProperty("paying").GetInt64()));
        Assert.Equal(JsonValueKind.Null, result.GetProperty("standardError").ValueKind);
        Assert.Equal(4.7496312655e-07, result.GetProperty("closedForm").GetDouble(), 1e-16);
        Assert.Equal(1 - Math.Pow(0.05, 1e-5), result.GetProperty("payoffChanceAtMost").GetDouble(), 1e-11);
        Assert.StartsWith("0 of 100000 paths pay anything, at least 100 are needed for a standard error: draw more paths", Warnings(result)[0],
            StringComparison.Ordinal);
    }

    [Fact]
    public void Result_NineOutOfTenAndTheRest_AreEveryPath()
    {
        var (call, put) = (new PriceRun { Strike = 120 }.Result(10_000), new PriceRun { Strike = 120, IsCall = false }.Result(10_000));

        Assert.Equal(10_000, call.GetProperty("paying").GetInt64() + put.GetProperty("paying").GetInt64());
        // A call pays with the chance Φ(d₂).
        var expected = 10_000 * BlackScholes.Normal((Math.Log(100 / 120.0) + 0.03) / 0.2);
        Assert.InRange(call.GetProperty("paying").GetInt64(), expected - 4 * Math.Sqrt(expected), expected + 4 * Math.Sqrt(expected));
    }

    /// <summary>Skewness by the lognormal's formula is 414 at a deviation of 2: 25·414² = 4.3 million paths.</summary>
    [Fact]
    public void Result_FewPathsCarryThePrice_SaysHowManyAreNeeded()
    {
        var warning = Assert.Single(Warnings(new PriceRun { Volatility = 2, Strike = 1e-6, Rate = 0 }.Result(100_000)));

        Assert.StartsWith("what the paths pay is so skewed that about 4.5e6 paths are needed", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    public void Result_NothingIsRandom_IsExactWithoutAWarning(double strike)
    {
        var result = new PriceRun { Volatility = 0, Strike = strike }.Result(1000);

        Assert.Empty(Warnings(result));
        Assert.Equal(0, result.GetProperty("standardError").GetDouble());
        Assert.Equal(Math.Max(100 - strike * Math.Exp(-0.05), 0), result.GetProperty("closedForm").GetDouble(), 1e-12);
    }

    [Fact]
    public void Result_Asian_HasNoClosedForm()
    {
        var result = new PriceRun { Dates = 12, Volatility = 3, Maturity = 2 }.Result(10_000);

        Assert.Equal(JsonValueKind.Null, result.GetProperty("closedForm").ValueKind);
        Assert.Equal("volatility·√maturity is 4.24, above 3: the price rests on paths too rare to be drawn; take a smaller volatility or maturity",
            Warnings(result)[^1]);
    }

    [Fact]
    public void Result_AtTheLargestDeviation_DoesNotSpeakOfIt() =>
        Assert.DoesNotContain(Warnings(new PriceRun { Dates = 7, Volatility = 1.5, Maturity = 4 }.Result(10_000)),
        w => w.Contains("above 3", StringComparison.Ordinal));

    private static string[] Warnings(JsonElement result) => [.. result.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];
}
