using Cluster.TestCoordinator;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class ProgramTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_First_Detaches(string signal)
    {
        SkipOnWindows();
        await using var coordinator = await StartForEverAsync();
        using var program = ProgramRun.Start(coordinator, "pi", "--json");
        await program.WaitForErrorLineAsync("job-1: running");

        await program.SignalAsync(signal);

        Assert.Contains("cluster watch job-1", await program.WaitForErrorLineAsync("detached"), StringComparison.Ordinal);
        Assert.Equal((130, ""), await program.EndAsync());
    }

    [Fact]
    public async Task Signal_Second_EndsTheProcessWhileTheCancelHangs()
    {
        SkipOnWindows();
        await using var coordinator = await StartForEverAsync();
        coordinator.Script.Cancel = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };
        using var program = ProgramRun.Start(coordinator, "pi", "--cancel-on-exit");
        await program.WaitForErrorLineAsync("job-1: running");
        await program.SignalAsync("INT");
        await program.WaitForErrorLineAsync("cancelling");

        await program.SignalAsync("INT");

        Assert.Equal("job job-1 still runs as far as is known: `cluster cancel job-1` ends it", await program.WaitForErrorLineAsync("job job-1 still"));
        Assert.Equal((130, ""), await program.EndAsync());
    }

    [Fact]
    public async Task Signal_SecondWhileTheSubmissionIsNotAnswered_SaysHowToFindTheJob()
    {
        SkipOnWindows();
        await using var coordinator = await StartForEverAsync();
        var submitted = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        coordinator.Script.Submit = async (request, context) =>
        {
            submitted.TrySetResult(request.IdempotencyKey);
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };
        using var program = ProgramRun.Start(coordinator, "pi", "--cancel-on-exit", "--key", "mine");
        Assert.Equal("mine", await submitted.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));

        await program.SignalAsync("INT");
        // The first one is taken by the process before the second one is sent, or both are one.
        await program.WaitForErrorLineAsync("no answer");
        await program.SignalAsync("INT");

        Assert.Equal("the job may have been accepted: `cluster jobs --key mine` shows it then", await program.WaitForErrorLineAsync("the job may"));
        Assert.Equal((130, ""), await program.EndAsync());
    }

    [Fact]
    public async Task Program_Json_WritesNothingElseToStandardOutput()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        using var program = ProgramRun.Start(coordinator, "pi", "--json");

        Assert.Equal((0, """{"job":"job-1","seed":42,"points":2000,"inside":1572,"pi":3.144,"seconds":2.5}""" + "\n"), await program.EndAsync());
    }

    private static void SkipOnWindows()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("there are no signals to send on Windows");
    }

    private static async Task<ScriptedCoordinator> StartForEverAsync()
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Running() });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };
        return coordinator;
    }
}
