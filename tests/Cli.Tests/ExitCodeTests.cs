using Cluster.Client.Discovery;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class ExitCodeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_NoCluster_Is3AndSaysHowToStartOne()
    {
        var run = await CliRun.RunAsync("jobs");

        Assert.Equal((ExitCode.NoCluster, ""), (run.Exit, run.Output));
        Assert.StartsWith("no cluster is running here; start one with `dotnet run --project AppHost`", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_StateFileGone_Is3()
    {
        var run = await CliRun.RunAsync("jobs", "--state-file", "/nowhere/state.json");

        Assert.Equal(ExitCode.NoCluster, run.Exit);
        Assert.Contains("/nowhere/state.json", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jobs")]
    [InlineData("pi")]
    [InlineData("tasks --json")]
    public async Task RunAsync_NobodyListens_Is3(string commandLine)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await coordinator.DieAsync();

        var run = await CliRun.RunAsync(coordinator, commandLine.Split(' '));

        Assert.Equal((ExitCode.NoCluster, ""), (run.Exit, run.Output));
        Assert.Contains(coordinator.Address.Authority, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WrongKey_Is4()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(CliRun.Host(coordinator, "another-key"), ["pi"], Token);

        Assert.Equal((ExitCode.Refused, ""), (run.Exit, run.Output));
        Assert.Contains("CLUSTER_KEY", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("another-key", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job nope")]
    [InlineData("watch nope")]
    [InlineData("cancel nope --json")]
    public async Task RunAsync_NoSuchJob_Is5(string commandLine)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var none = new RpcException(new Status(StatusCode.NotFound, "none"));
        coordinator.Script.Get = (_, _) => throw none;
        coordinator.Script.Cancel = (_, _) => throw none;
        coordinator.Script.Watch = (_, _, _) => throw none;

        var run = await CliRun.RunAsync(coordinator, commandLine.Split(' '));

        Assert.Equal((5, "", "there is no job nope\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task RunAsync_CoordinatorRefusesSpec_Is2WithEveryViolationAsItsOption()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Submit = (_, _) => throw SpecRejection.ToRpcException([new("points", "5", "must be even"), new("grainSize", "1", "must be 2")]);

        var run = await CliRun.RunAsync(coordinator, "pi", "--points", "5");

        Assert.Equal((2, "", "--points: 5: must be even\n--grain-size: 1: must be 2\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Theory]
    [InlineData(V1.JobState.Failed, "job job-1 failed: why")]
    [InlineData(V1.JobState.Cancelled, "job job-1 was cancelled: why")]
    public async Task RunAsync_JobEndsBadly_Is1(V1.JobState state, string expected)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Ended(state, "why") });

        var run = await CliRun.RunAsync(coordinator, "pi", "--json");

        Assert.Equal((ExitCode.Failed, "", expected), (run.Exit, run.Output, run.ErrorLines[^1]));
    }

    [Fact]
    public async Task RunAsync_CoordinatorHasABug_Is1InOneLine()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.List = (_, _) => throw new InvalidOperationException("a bug");

        var run = await CliRun.RunAsync(coordinator, "jobs");

        Assert.Equal((ExitCode.Failed, ""), (run.Exit, run.Output));
        Assert.Single(run.ErrorLines);
    }

    [Fact]
    public async Task RunAsync_UnforeseenException_Is1InOneLine()
    {
        var host = CliRun.Host([]) with { Lookup = new ClusterLookup(_ => throw new InvalidOperationException("two\nlines"), () => []) };

        var run = await CliRun.RunAsync(host, ["jobs"], Token);

        Assert.Equal((1, "unexpected InvalidOperationException: two\n"), (run.ExitCode, run.Error));
    }
}
