using Cluster.Compute.Computations;
using Cluster.Contracts.Jobs;

namespace Cluster.Compute.Tests.Pi;

public sealed class PiComputationTests
{
    [Theory]
    [InlineData("42", 1572)]
    [InlineData("\"42\"", 1572)]
    public void Bind_SeedAsNumberOrString_IsThatSeed(string seed, ulong inside)
    {
        var computation = new PiComputation().Bind(Json.Parse($$"""{"seed": {{seed}}}"""));

        Assert.Equal(inside, Result(computation, 1000).GetProperty("inside").GetUInt64());
    }

    [Fact]
    public void Bind_LargestSeed_DiffersFromItsLowWord()
    {
        var largest = new PiComputation().Bind(Json.Parse("""{"seed": "18446744073709551615"}"""));
        var lowWord = new PiComputation().Bind(Json.Parse("""{"seed": 4294967295}"""));

        Assert.NotEqual(
            Result(largest, 100_000).GetProperty("inside").GetUInt64(),
            Result(lowWord, 100_000).GetProperty("inside").GetUInt64());
    }

    [Theory]
    [InlineData("""{"seed": -1}""", "-1")]
    [InlineData("""{"seed": 1.5}""", "1.5")]
    [InlineData("""{"seed": 18446744073709551616}""", "18446744073709551616")]
    [InlineData("""{"seed": " 42"}""", "\" 42\"")]
    [InlineData("""{"seed": null}""", "null")]
    [InlineData("""{"sede": 42}""", "missing")]
    [InlineData("42", "missing")]
    public void Bind_NotASeed_NamesArgumentValueAndLimit(string arguments, string value)
    {
        var error = Assert.Throws<ArgumentException>(() => new PiComputation().Bind(Json.Parse(arguments)));

        Assert.Contains("'seed'", error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 18446744073709551615", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_ManySeeds_SpreadAsTheStandardErrorSays()
    {
        var estimates = new List<double>();
        var standardErrors = new List<double>();
        for (var seed = 0; seed < 1000; seed++)
        {
            var result = Result(new PiComputation().Bind(Json.Parse($$"""{"seed": {{seed}}}""")), 2000);
            estimates.Add(result.GetProperty("pi").GetDouble());
            standardErrors.Add(result.GetProperty("standardError").GetDouble());
        }

        var spread = Math.Sqrt(estimates.Average(estimate => Math.Pow(estimate - Math.PI, 2)));
        Assert.InRange(estimates.Average(), Math.PI - spread / 8, Math.PI + spread / 8);
        Assert.InRange(standardErrors.Average(), 0.9 * spread, 1.1 * spread);
    }

    private static System.Text.Json.JsonElement Result(IBoundComputation computation, long blocks)
    {
        var total = new byte[computation.PartialSize];
        computation.Compute(new IndexRange(0, blocks), total, TestContext.Current.CancellationToken);
        return computation.Result(total, new GrainSpace(blocks, PiSpec.GrainBlocks));
    }
}
