using Cluster.Client;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class InterruptTests
{
    [Theory]
    [InlineData("pi")]
    [InlineData("watch job-1")]
    public async Task Interrupt_WatchedJob_DetachesAndSaysHowToReturn(string commandLine)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await RunInterruptedAsync(coordinator, CliRun.Host(coordinator), commandLine.Split(' '));

        Assert.Equal((ExitCode.Interrupted, ""), (run.Exit, run.Output));
        Assert.Equal("detached; job job-1 goes on: `cluster watch job-1` shows it again, `cluster cancel job-1` ends it", run.ErrorLines[^1]);
        Assert.Empty(coordinator.Received<V1.CancelRequest>());
    }

    [Theory]
    [InlineData("pi --cancel-on-exit --json")]
    [InlineData("watch job-1 --cancel-on-exit")]
    public async Task Interrupt_CancelOnExit_CancelsAndWaitsForConfirmation(string commandLine)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Cancel = (_, _) =>
        {
            coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Ended(V1.JobState.Cancelled, "interrupted") });
            return Task.FromResult(SampleJobs.Running());
        };

        var run = await RunInterruptedAsync(coordinator, CliRun.Host(coordinator), commandLine.Split(' '));

        Assert.Equal((ExitCode.Interrupted, ""), (run.Exit, run.Output));
        Assert.Equal(["cancelling job job-1", "job job-1 is cancelled"], run.ErrorLines.TakeLast(2));
        Assert.Equal("job-1", Assert.Single(coordinator.Received<V1.CancelRequest>()).Id);
    }

    [Fact]
    public async Task Interrupt_JobFasterThanItsCancel_ShowsTheResult()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Cancel = (_, _) => Task.FromResult(SampleJobs.Succeeded());

        var run = await RunInterruptedAsync(coordinator, CliRun.Host(coordinator), ["pi", "--cancel-on-exit", "--json"]);

        Assert.Equal(ExitCode.Ok, run.Exit);
        Assert.Contains("\"inside\":1572", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_EmbeddedCluster_CancelsItsJob()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var host = CliRun.Host([]) with
        {
            EmbeddedCluster = (_, _) =>
            ValueTask.FromResult(new ClusterConnection(coordinator.Address, ScriptedCoordinator.Key))
        };

        var run = await RunInterruptedAsync(coordinator, host, ["pi"]);

        Assert.Equal(ExitCode.Interrupted, run.Exit);
        Assert.Single(coordinator.Received<V1.CancelRequest>());
    }

    [Fact]
    public async Task Interrupt_CancelFails_SaysThatTheJobStillRuns()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Cancel = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "no chief"));

        var run = await RunInterruptedAsync(coordinator, CliRun.Host(coordinator), ["pi", "--cancel-on-exit"]);

        Assert.Equal((ExitCode.NoCluster, ""), (run.Exit, run.Output));
        Assert.Contains("job job-1 still runs as far as is known: `cluster cancel job-1` ends it", run.ErrorLines);
        Assert.EndsWith("answers that it cannot do that now: no chief", run.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_BeforeTheSubmissionIsAnswered_EndsAtOnce()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        using var source = new CancellationTokenSource();
        coordinator.Script.Submit = async (_, context) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };

        var run = await CliRun.RunAsync(CliRun.Host(coordinator), ["pi"], source.Token);

        var key = Assert.Single(coordinator.Received<V1.SubmitRequest>()).IdempotencyKey;
        Assert.Equal((130, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"interrupted before the cluster said whether it accepted the job: `cluster jobs --key {key}` shows it if it did, and the same submitted again "
            + $"with `--key {key}` makes no second one",
            Assert.Single(run.ErrorLines));
    }

    /// <summary>Interrupts as soon as the job is watched and has reported once.</summary>
    private static async Task<CliRun> RunInterruptedAsync(ScriptedCoordinator coordinator, CommandLineHost host, string[] args)
    {
        using var source = new CancellationTokenSource();
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Running() });
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        return await CliRun.RunAsync(host, args, source.Token);
    }
}
