using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.Compute.Tests.Pricing;

public sealed class PriceComputationTests
{
    private const string Call =
        """{"kind":"european","option":"call","spot":100,"strike":100,"rate":0.05,"dividendYield":0,"volatility":0.2,"maturity":1,"dates":1,"seed":42}""";

    /// <summary>S, K, r, q, σ, T.</summary>
    public static TheoryData<double, double, double, double, double, double> Markets => new()
    {
        { 100, 100, 0.05, 0, 0.2, 1 },
        { 100, 80, 0.01, 0.03, 0.35, 0.25 },
        { 42, 60, 0.1, 0.02, 0.5, 2 },
        { 1.2, 1.25, -0.005, 0.01, 0.1, 0.5 },
        { 5000, 5000, 0.03, 0.015, 0.15, 10 },
    };

    [Theory]
    [MemberData(nameof(Markets))]
    public void European_SeveralMarkets_IsTheClosedForm(double spot, double strike, double rate, double yield, double volatility, double maturity)
    {
        foreach (var isCall in (bool[])[true, false])
        {
            var (price, error) = Price(new(isCall, spot, strike, rate, yield, volatility, maturity), 2_000_000);
            var exact = BlackScholes.Price(isCall, spot, strike, rate, yield, volatility, maturity);

            Assert.InRange((price - exact) / error, -4, 4);
            Assert.InRange(error, 0, 0.01 * exact);
        }
    }

    [Theory]
    [MemberData(nameof(Markets))]
    public void Parity_CallLessPut_IsTheForward(double spot, double strike, double rate, double yield, double volatility, double maturity)
    {
        foreach (var dates in (int[])[1, 4])
        {
            var (call, callError) = Price(new(true, spot, strike, rate, yield, volatility, maturity, dates), 400_000);
            var (put, putError) = Price(new(false, spot, strike, rate, yield, volatility, maturity, dates), 400_000);
            var mean = Enumerable.Range(1, dates).Average(date => spot * Math.Exp((rate - yield) * maturity * date / dates));

            // On the same paths call and put pay the mean less the strike between them, whose deviation is at most theirs together.
            Assert.InRange((call - put - Math.Exp(-rate * maturity) * (mean - strike)) / (callError + putError), -4, 4);
        }
    }

    [Theory]
    [MemberData(nameof(Markets))]
    public void Asian_TwoDates_IsTheIntegral(double spot, double strike, double rate, double yield, double volatility, double maturity)
    {
        var (price, error) = Price(new(true, spot, strike, rate, yield, volatility, maturity, 2), 1_000_000);

        Assert.InRange((price - BlackScholes.TwoDateAsianCall(spot, strike, rate, yield, volatility, maturity)) / error, -4, 4);
    }

    [Theory]
    [MemberData(nameof(Markets))]
    public void Asian_TwelveDates_LiesBetweenItsBounds(double spot, double strike, double rate, double yield, double volatility, double maturity)
    {
        var (price, error) = Price(new(true, spot, strike, rate, yield, volatility, maturity, 12), 400_000);

        // The arithmetic mean is at least the geometric one; and a call is convex, so that the call on a mean is worth no more
        // than the mean of the European calls on its dates, each paid at maturity.
        var calls = Enumerable.Range(1, 12).Average(date => BlackScholes.Price(true, spot, strike, rate, yield, volatility, maturity * date / 12.0)
            * Math.Exp(-rate * maturity * (12 - date) / 12.0));
        Assert.InRange(price, BlackScholes.GeometricAsian(true, spot, strike, rate, yield, volatility, maturity, 12) - 4 * error, calls + 4 * error);
    }

    [Fact]
    public void Asian_OneDate_HasTheEuropeansBits()
    {
        var european = Run(Call, 10_000, 1 << 18, 1);
        var asian = Run(Call.Replace("european", "asian", StringComparison.Ordinal), 10_000, 1 << 18, 1);

        Assert.Equal(european.GetRawText(), asian.GetRawText());
    }

    [Fact]
    public void Result_NoVolatility_IsTheForwardExactly()
    {
        var (price, error) = Price(new(true, 100, 90, 0.05, 0.02, 0, 2), 1000);

        Assert.Equal((100 * Math.Exp(0.03 * 2) - 90) * Math.Exp(-0.05 * 2), price, 1e-12);
        Assert.Equal(0, error);
    }

    [Fact]
    public void Result_ManySeeds_SpreadAsTheStandardErrorSays()
    {
        var runs = Enumerable.Range(0, 400).Select(seed => Price(new(true, 100, 100, 0.05, 0, 0.2, 1, 3, seed), 4000)).ToList();

        var mean = runs.Average(r => r.Price);
        var spread = Math.Sqrt(runs.Average(r => (r.Price - mean) * (r.Price - mean)));
        Assert.InRange(runs.Average(r => r.Error), 0.85 * spread, 1.15 * spread);
    }

    [Fact]
    public void Compute_AnyItemsAndCores_HasTheSameBits()
    {
        var asian = Call.Replace("european", "asian", StringComparison.Ordinal).Replace("\"dates\":1", "\"dates\":7", StringComparison.Ordinal);
        var expected = Run(asian, 10_007, 97, 1).GetRawText();

        foreach (var (grains, cores) in (ReadOnlySpan<(int, int)>)[(1, 1), (3, 2), (64, 5)])
            Assert.Equal(expected, Run(asian, 10_007, 97, cores, grains).GetRawText());
        Assert.Contains("\"paths\":20014", expected, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind", "\"bermudan\"", "'european'")]
    [InlineData("option", "1", "'call'")]
    [InlineData("spot", "0", "above 0 and at most 1000000000")]
    [InlineData("spot", "1e10", "above 0 and at most 1000000000")]
    [InlineData("strike", "-1", "above 0 and at most 1000000000")]
    [InlineData("rate", "1.5", "from -1 to 1")]
    [InlineData("dividendYield", "\"0\"", "from -1 to 1")]
    [InlineData("volatility", "-0.1", "from 0 to 3")]
    [InlineData("volatility", "1e999", "from 0 to 3")]
    [InlineData("maturity", "101", "above 0 and at most 100")]
    [InlineData("dates", "2", "1 is needed for a European option")]
    [InlineData("dates", "1.5", "1 is needed for a European option")]
    [InlineData("seed", "-1", "from 0 to 18446744073709551615")]
    [InlineData("seed", "null", "from 0 to 18446744073709551615")]
    public void Bind_WrongValue_NamesArgumentValueAndLimit(string name, string value, string limit)
    {
        var arguments = JsonElement.Parse(Call).EnumerateObject().ToDictionary(p => p.Name, p => p.Name == name ? JsonElement.Parse(value) : p.Value);
        var wrong = Assert.Throws<ArgumentException>(() => new PriceComputation().Bind(JsonSerializer.SerializeToElement(arguments)));
        arguments.Remove(name);
        var missing = Assert.Throws<ArgumentException>(() => new PriceComputation().Bind(JsonSerializer.SerializeToElement(arguments)));

        Assert.Contains($"Argument '{name}' is {value}: ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(limit, wrong.Message, StringComparison.Ordinal);
        Assert.Contains($"Argument '{name}' is missing", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Bind_AsianDatesOutsideTheirRange_NamesTheLimit(int dates)
    {
        var error = Assert.Throws<ArgumentException>(() => Bind(new(true, 100, 100, 0, 0, 0.2, 1, dates)));

        Assert.Contains($"Argument 'dates' is {dates}: a whole number from 1 to 10000", error.Message, StringComparison.Ordinal);
    }

    private static IBoundComputation Bind(Option option) => new PriceComputation().Bind(JsonSerializer.SerializeToElement(new
    {
        kind = "asian",
        option = option.IsCall ? "call" : "put",
        spot = option.Spot,
        strike = option.Strike,
        rate = option.Rate,
        dividendYield = option.Yield,
        volatility = option.Volatility,
        maturity = option.Maturity,
        dates = option.Dates,
        seed = option.Seed,
    }));

    private static (double Price, double Error) Price(Option option, long paths)
    {
        var computation = Bind(option);
        var total = new byte[computation.PartialSize];
        computation.Compute(new IndexRange(0, paths / 2), total, TestContext.Current.CancellationToken);
        var result = computation.Result(total, new GrainSpace(paths / 2, paths));
        return (result.GetProperty("price").GetDouble(), result.GetProperty("standardError").GetDouble());
    }

    private static JsonElement Run(string arguments, long indices, long grainSize, int cores, int grainsAnItem = 1000)
    {
        var computation = new PriceComputation().Bind(JsonElement.Parse(arguments));
        var space = new GrainSpace(indices, grainSize);
        var fold = new GrainFold(computation, space);
        while (fold.NextGrain < space.GrainCount)
        {
            var item = new GrainRange(fold.NextGrain, Math.Min(space.GrainCount, fold.NextGrain + grainsAnItem));
            fold.Add(item, RangeComputer.Compute(computation, space, item, cores, TestContext.Current.CancellationToken));
        }

        return computation.Result(fold.Total(), space);
    }

    private sealed record Option(
        bool IsCall, double Spot, double Strike, double Rate, double Yield, double Volatility, double Maturity, int Dates = 1, long Seed = 42);
}
