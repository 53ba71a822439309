using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class PriceCommandTests
{
    [Fact]
    public async Task Price_Json_IsExactlyOneLine()
    {
        await using var coordinator = await PricingAsync();

        var run = await CliRun.RunAsync(coordinator, "price", "--paths", "1_999", "--seed", "42", "--json");

        Assert.Equal(
            (0, """{"job":"job-1","seed":42,"paths":2000,"paying":1100,"price":10.5,"standardError":0.25,"closedForm":10.450583572185572"""
                + ""","payoffChanceAtMost":null,"warnings":[],"seconds":2.5}""" + "\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Price_NoPathPays_JsonHasNullABoundAndTheWarning()
    {
        await using var coordinator = await PricingAsync(SamplePrices.WithoutPayoff());

        var run = await CliRun.RunAsync(coordinator, "price", "--json");

        Assert.Equal(
            """{"job":"job-1","seed":42,"paths":2000,"paying":0,"price":0,"standardError":null,"closedForm":4.7496312655230563E-07"""
                + ""","payoffChanceAtMost":0.001496745,"warnings":["0 of 2000 paths pay anything"],"seconds":2.5}""" + "\n",
            run.Output);
    }

    [Fact]
    public async Task Price_NoPathPays_SaysSoInPlaceOfAnError()
    {
        await using var coordinator = await PricingAsync(SamplePrices.WithoutPayoff());

        var run = await CliRun.RunAsync(coordinator, "price");

        Assert.Equal(
            """
            price ≈ 0, not to be relied on
            warning: 0 of 2000 paths pay anything
            paths  2,000, seed 42
            exact  4.74963E-07 (Black and Scholes)
            pays   0 of the paths: a chance of at most 0.0015 (95 % confidence)
            speed  800 paths/s
            time   2.500 s
            job    job-1

            """, run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Price_ForPeople_ShowsPriceErrorPathsSpeedAndTime()
    {
        await using var coordinator = await PricingAsync();

        var run = await CliRun.RunAsync(coordinator, "price");

        Assert.Equal(
            """
            price ≈ 10.50 ± 0.25 (standard error)
            paths  2,000, seed 42
            exact  10.4506 (Black and Scholes)
            speed  800 paths/s
            time   2.500 s
            job    job-1

            """, run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Watch_PricingJob_ReportsItsPrice()
    {
        await using var coordinator = await PricingAsync();

        var run = await CliRun.RunAsync(coordinator, "watch", "job-1");

        Assert.StartsWith("price ≈ 10.50 ± 0.25", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Price_Options_ArriveInTheSpec()
    {
        await using var coordinator = await PricingAsync();

        await CliRun.RunAsync(
            coordinator, "price", "--kind", "asian", "--option", "put", "--spot", "42", "--strike", "45.5", "--rate", "-0.01", "--dividend-yield", "2e-2",
            "--volatility", "0.35", "--maturity", "0.5", "--dates", "26", "--paths", "1e6", "--seed", "1.8446744073709551615e19", "--device", "/cpu:0",
            "--log-device-placement");
        await CliRun.RunAsync(coordinator, "price");
        await CliRun.RunAsync(coordinator, "price", "--kind", "asian");

        var specs = coordinator.Received<V1.SubmitRequest>().Select(r => r.Computation).ToList();
        AssertSent(
            """{"kind":"asian","option":"put","spot":42,"strike":45.5,"rate":-0.01,"dividendYield":0.02,"volatility":0.35,"maturity":0.5,"dates":26"""
                + ""","seed":18446744073709551615}""",
            specs[0]);
        Assert.Equal(("price", 500_000, "/cpu:0", true), (specs[0].Name, specs[0].IndexCount, specs[0].Device, specs[0].LogDevicePlacement));
        AssertSent(
            """{"kind":"european","option":"call","spot":100,"strike":100,"rate":0.05,"dividendYield":0,"volatility":0.2,"maturity":1,"dates":1,"seed":0}""",
            specs[1]);
        Assert.Equal(("price", 50_000_000, "", false), (specs[1].Name, specs[1].IndexCount, specs[1].Device, specs[1].LogDevicePlacement));
        Assert.Equal(12, JsonElement.Parse(specs[2].ArgumentsJson).GetProperty("dates").GetInt32());
    }

    [Theory]
    [InlineData("--kind bermudan", "--kind: bermudan: must be european or asian")]
    [InlineData("--option cal", "--option: cal: must be call or put; did you mean call?")]
    [InlineData("--spot 0", "--spot: 0: must be a number above 0 and at most 1000000000")]
    [InlineData("--spot 1e10", "--spot: 1e10: must be a number above 0 and at most 1000000000")]
    [InlineData("--strike -5", "--strike: -5: must be a number above 0 and at most 1000000000")]
    [InlineData("--rate 5%", "--rate: 5%: must be a number from -1 to 1")]
    [InlineData("--dividend-yield -1.5", "--dividend-yield: -1.5: must be a number from -1 to 1")]
    [InlineData("--volatility 3.5", "--volatility: 3.5: must be a number from 0 to 3")]
    [InlineData("--volatility NaN", "--volatility: NaN: must be a number from 0 to 3")]
    [InlineData("--maturity 101", "--maturity: 101: must be a number above 0 and at most 100")]
    [InlineData("--maturity", "--maturity: a value is missing")]
    [InlineData("--kind asian --dates 10001", "--dates: 10001: must be from 1 to 10000")]
    [InlineData("--dates 12", "--dates: 12: cannot be given without --kind asian")]
    [InlineData("--kind european --dates 1", "--dates: 1: cannot be given without --kind asian")]
    [InlineData("--paths 0", "--paths: 0: must be from 1 to 10000000000")]
    [InlineData("--seed -1", "--seed: -1: must be from 0 to 18446744073709551615")]
    public async Task Price_WrongValue_NamesOptionValueAndLimit(string options, string expected)
    {
        var run = await CliRun.RunAsync(["price", .. options.Split(' ')]);

        Assert.Equal((2, "", expected + "\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Price_Help_ExplainsModelAndEveryNumber()
    {
        var run = await CliRun.RunAsync("price", "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (var part in (string[])["Black and Scholes", "standard error", "above 0 and at most 100: 0.25 is three months", "[default: 0.2]",
            "cluster price --kind asian"])
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    private static void AssertSent(string arguments, V1.ComputationSpec sent)
    {
        Assert.Equal(arguments, sent.ArgumentsJson);
        Assert.True(sent.TryToSpec(out _, out _));
    }

    /// <summary>A coordinator whose job is a pricing of 2,000 paths that has succeeded.</summary>
    private static async Task<ScriptedCoordinator> PricingAsync(V1.Job? job = null)
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job ?? SamplePrices.Succeeded() });
        return coordinator;
    }
}
