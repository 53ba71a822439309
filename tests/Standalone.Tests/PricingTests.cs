using System.Text.Json;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Compute.Computations;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;

namespace Cluster.Standalone.Tests;

/// <summary>Prices through every service on embedded parts.</summary>
public sealed class PricingTests(EmbeddedFixture embedded) : IClassFixture<EmbeddedFixture>
{
    private const int TestLimit = 300_000;

    private static readonly PriceSpec European = new() { Spot = 100, Strike = 100, Rate = 0.05, Volatility = 0.2, Maturity = 1, Paths = 4_000_001, Seed = 42 };

    private static readonly PriceSpec Asian = European with { Kind = PriceSpec.Asian, Option = PriceSpec.Put, Dates = 12, Paths = 1_000_000 };

    [Fact(Timeout = TestLimit)]
    public async Task RunPrice_European_IsTheClosedFormAndCountsPaths()
    {
        var states = new List<JobProgress>();
        var result = await embedded.Client.RunPriceAsync(European, new Listed(states), cancellationToken: TestContext.Current.CancellationToken);

        // S·Φ(d₁) - K·exp(-rT)·Φ(d₂) with d₁ = 0.35 and d₂ = 0.15: Hull, Options, Futures and Other Derivatives, gives 10.4506.
        Assert.InRange((result.Price - 10.450583572185565) / result.StandardError!.Value, -4, 4);
        Assert.Equal(10.450583572185565, result.ClosedForm!.Value, 1e-12);
        Assert.Empty(result.Warnings);
        Assert.Equal((4_000_002L, 42UL), (result.Paths, result.Seed));
        Assert.Equal(("paths", 4_000_002), (states[^1].Unit, states[^1].Total));
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunPrice_PayoffRarerThanPaths_HasABoundAndTheClosedFormButNoError()
    {
        var result = await embedded.Client.RunPriceAsync(European with { Strike = 300, Paths = 100_000 },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((null, 0L, 0.0), (result.StandardError, result.Paying, result.Price));
        // The exact price by Black and Scholes, and the rule of three.
        Assert.Equal(4.7e-7, result.ClosedForm!.Value, 0.05e-7);
        Assert.Equal(3e-5, result.PayoffChanceAtMost!.Value, 1e-7);
        Assert.Contains("0 of 100000 paths pay", result.Warnings[0], StringComparison.Ordinal);
    }

    [Fact(Timeout = TestLimit)]
    public async Task RunPrice_OneWorkerOrThree_HasTheSameBits()
    {
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = 1 }, TestContext.Current.CancellationToken);
        await using var alone = ClusterClient.Connect(cluster.Connection);

        foreach (var spec in (PriceSpec[])[European, Asian])
        {
            var one = await alone.RunPriceAsync(spec, cancellationToken: TestContext.Current.CancellationToken);
            var three = await embedded.Client.RunPriceAsync(spec, cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal(Bits(one), Bits(three));
        }
    }

    /// <summary>What the client lets through and refuses, the computation does too.</summary>
    [Fact]
    public void Limits_OfSpecAndComputation_AreTheSame()
    {
        foreach (var value in (double[])[0, 1e-300, 1, 1 + 1e-9, 3, 3.001, 100, 100.001, 1e9, 1.001e9, -1, -1.001])
        {
            foreach (var spec in (PriceSpec[])
                [European with { Spot = value }, European with { Strike = value }, European with { Rate = value }, European with { DividendYield = value },
                    European with { Volatility = value }, European with { Maturity = value }, Asian with { Dates = 10_000 }, Asian with { Dates = 10_001 },
                    European with { Dates = 2 }, European with { Kind = "Asian" }, European with { Option = "Put" }])
                Assert.Equal(spec.Validate().Count == 0, IsBound(spec.ToComputation().Arguments));
        }
    }

    private static bool IsBound(JsonElement arguments)
    {
        try
        {
            return new PriceComputation().Bind(arguments).PartialSize > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static (ulong, ulong) Bits(PriceResult result)
        => (BitConverter.DoubleToUInt64Bits(result.Price), BitConverter.DoubleToUInt64Bits(result.StandardError!.Value));

    private sealed class Listed(List<JobProgress> reports) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => reports.Add(value);
    }
}
