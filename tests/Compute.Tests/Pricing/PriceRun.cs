using System.Text.Json;
using Cluster.Compute.Computations;

namespace Cluster.Compute.Tests.Pricing;

/// <summary>An option in the market that the command line starts from, and its price on this thread.</summary>
internal sealed record PriceRun
{
    public bool IsCall { get; init; } = true;

    public double Strike { get; init; } = 100;

    public double Rate { get; init; } = 0.05;

    public double Volatility { get; init; } = 0.2;

    public double Maturity { get; init; } = 1;

    public int Dates { get; init; } = 1;

    /// <summary>Paths, paying, price, standard error, closed form, bound and warnings, as JSON.</summary>
    public JsonElement Result(long paths, int seed = 0)
    {
        var computation = new PriceComputation().Bind(JsonSerializer.SerializeToElement(new
        {
            kind = Dates > 1 ? "asian" : "european",
            option = IsCall ? "call" : "put",
            spot = 100,
            strike = Strike,
            rate = Rate,
            dividendYield = 0,
            volatility = Volatility,
            maturity = Maturity,
            dates = Dates,
            seed,
        }));
        var total = new byte[computation.PartialSize];
        computation.Compute(new IndexRange(0, paths / 2), total, TestContext.Current.CancellationToken);
        return computation.Result(total, new GrainSpace(paths / 2, paths));
    }
}
