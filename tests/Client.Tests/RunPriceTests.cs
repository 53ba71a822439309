using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Tests;

public sealed class RunPriceTests
{
    private static readonly PriceSpec Spec = new() { Spot = 100, Strike = 105, Rate = 0.05, Volatility = 0.2, Maturity = 1, Paths = 1999, Seed = 42 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunPriceAsync_Succeeds_ReturnsTypedResultAndProgress()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SamplePrices.Succeeded() });
        var progress = new List<JobState>();

        var result = await client.RunPriceAsync(Spec, new ListedStates(progress), cancellationToken: Token);

        Assert.Equal(
            new PriceResult(2000, 42, 1100, 10.5, 0.25, 10.450583572185572, null, [], TimeSpan.FromSeconds(2.5), SampleJobs.Id), result with { Warnings = [] });
        Assert.Empty(result.Warnings);
        Assert.Equal([JobState.Succeeded], progress);
        var sent = Assert.Single(coordinator.Received<V1.SubmitRequest>()).Computation;
        Assert.Equal(Spec.ToComputation().ToProto(), sent);
        Assert.Equal(("price", 1000), (sent.Name, sent.IndexCount));
    }

    [Fact]
    public async Task RunPriceAsync_NoPathPays_HasABoundAndAWarningInPlaceOfTheError()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SamplePrices.WithoutPayoff() });

        var result = await client.RunPriceAsync(Spec, cancellationToken: Token);

        Assert.Equal((0L, 0.0, null, 0.001496745), (result.Paying, result.Price, result.StandardError, result.PayoffChanceAtMost));
        Assert.Equal(["0 of 2000 paths pay anything"], result.Warnings);
    }

    [Fact]
    public async Task RunPriceAsync_EverythingWrong_ListsItAllAndSendsNothing()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var spec = new PriceSpec
        {
            Kind = "asian",
            Option = "both",
            Spot = 0,
            Strike = double.NaN,
            Rate = 2,
            DividendYield = -2,
            Volatility = 3.5,
            Maturity = -1,
            Dates = 0,
            Paths = 0,
            Device = "/tpu:0",
        };

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() => client.RunPriceAsync(spec, cancellationToken: Token));

        Assert.Equal(
            ["option: both: must be call or put", "spot: 0: must be above 0 and at most 1000000000", "strike: NaN: must be above 0 and at most 1000000000",
                "rate: 2: must be from -1 to 1", "dividendYield: -2: must be from -1 to 1", "volatility: 3.5: must be from 0 to 3",
                "maturity: -1: must be above 0 and at most 100", "dates: 0: must be from 1 to 10000", "paths: 0: must be from 1 to 10000000000"],
            error.Violations.Where(v => v.Field != "device").Select(v => v.ToString()));
        Assert.Contains(error.Violations, v => v is { Field: "device", Value: "/tpu:0" });
        Assert.Empty(coordinator.Calls);
    }

    [Theory]
    [InlineData("european", 2, "dates: 2: must be 1 for a European option")]
    [InlineData("asian", 10_001, "dates: 10001: must be from 1 to 10000")]
    [InlineData("bermudan", 1, "kind: bermudan: must be european or asian")]
    public async Task RunPriceAsync_WrongKindOrDates_NamesTheLimit(string kind, int dates, string expected)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<SpecRejectedException>(
            () => client.RunPriceAsync(Spec with { Kind = kind, Dates = dates }, cancellationToken: Token));

        Assert.Equal(expected, Assert.Single(error.Violations).ToString());
    }

    [Theory]
    [InlineData("computation", """{"paths":0,"paying":0,"price":1,"standardError":1,"closedForm":1,"payoffChanceAtMost":null,"warnings":[]}""")]
    [InlineData("computation", """{"paths":2,"paying":3,"price":1,"standardError":1,"closedForm":1,"payoffChanceAtMost":null,"warnings":[]}""")]
    [InlineData("computation", """{"paths":2,"paying":1,"price":1,"standardError":-1,"closedForm":1,"payoffChanceAtMost":null,"warnings":[]}""")]
    [InlineData("computation", """{"paths":2,"paying":1,"price":1,"standardError":1,"closedForm":1,"payoffChanceAtMost":null,"warnings":["x"]}""")]
    [InlineData("computation", """{"paths":2,"paying":1,"price":1,"standardError":null,"closedForm":1,"payoffChanceAtMost":0.9,"warnings":[]}""")]
    [InlineData("computation", """{"paths":2,"paying":1,"price":1,"standardError":null,"closedForm":1,"payoffChanceAtMost":null,"warnings":["x"]}""")]
    [InlineData("computation", """{"paths":2,"price":1,"standardError":1}""")]
    [InlineData("computation", "null")]
    [InlineData("computation", "")]
    [InlineData("pi", """{"paths":2,"paying":1,"price":1,"standardError":1,"closedForm":1,"payoffChanceAtMost":null,"warnings":[]}""")]
    public async Task RunPriceAsync_RecordThatCannotBe_ThrowsNamingTheJob(string kind, string result)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var job = SamplePrices.Succeeded();
        (job.Kind, job.ResultJson) = (kind, result);
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job });

        var error = await Assert.ThrowsAsync<ClusterException>(() => client.RunPriceAsync(Spec, cancellationToken: Token));

        Assert.Contains(SampleJobs.Id, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("european", 1, PriceSpec.MaxPaths)]
    [InlineData("asian", PriceSpec.MaxDates, PriceSpec.MaxPaths)]
    [InlineData("asian", PriceSpec.MaxDates, 1)]
    public void ToComputation_AtTheLimits_IsValid(string kind, int dates, long paths)
        => Assert.Empty((Spec with { Kind = kind, Dates = dates, Paths = paths }).ToComputation().Validate());

    private sealed class ListedStates(List<JobState> states) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => states.Add(value.State);
    }
}
