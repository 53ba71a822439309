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
