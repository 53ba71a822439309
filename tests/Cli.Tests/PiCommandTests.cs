using Cluster.TestCoordinator;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

public sealed class PiCommandTests
{
    [Fact]
    public async Task Pi_Json_IsExactlyOneLine()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(coordinator, "pi", "--points", "1_999", "--seed", "42", "--json", "--log-device-placement");

        Assert.Equal((0, """{"job":"job-1","seed":42,"points":2000,"inside":1572,"pi":3.144,"seconds":2.5}""" + "\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Pi_Options_ArriveInTheSpec()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        await CliRun.RunAsync(coordinator, "pi", "--points", "2.5e6", "--seed", "1.8446744073709551615e19", "--device", "/job:worker/task:1/cpu:0",
            "--log-device-placement");
        await CliRun.RunAsync(coordinator, "pi");

        var specs = coordinator.Received<V1.SubmitRequest>().Select(r => r.Pi).ToList();
        Assert.Equal(new V1.PiSpec { Points = 2_500_000, Seed = ulong.MaxValue, Device = "/job:worker/task:1/cpu:0", LogDevicePlacement = true }, specs[0]);
        Assert.Equal(new V1.PiSpec { Points = 1_000_000_000 }, specs[1]);
    }

    [Fact]
    public async Task Pi_ForPeople_ShowsEstimateErrorCountSpeedAndTime()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(coordinator, "pi", "--points", "2000", "--seed", "42");

        Assert.Equal(
            """
            π ≈ 3.144 ± 0.037 (standard error)
            inside  1,572 of 2,000 points, seed 42
            speed   800 points/s
            time    2.500 s
            job     job-1

            """, run.Output);
        Assert.Equal(
            ["job-1: running, 25.0 %, 500 of 2,000 points, 1 k points/s, 1.5 s left", "job-1: succeeded, 100.0 %, 2,000 of 2,000 points"], run.ErrorLines);
    }

    [Fact]
    public async Task Pi_LogDevicePlacement_NamesEachItemsDeviceOnStandardError()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        const string Device = "/job:worker/replica:0/task:1/device:CPU:0";
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate
        {
            Job = SampleJobs.Succeeded(),
            Placements = { new V1.Placement { Item = "pi/range_0_64", Device = Device }, new V1.Placement { Item = "pi/range_64_128", Device = Device } },
        });

        var run = await CliRun.RunAsync(coordinator, "pi", "--log-device-placement", "--json");

        Assert.Equal([$"pi/range_0_64: {Device}", $"pi/range_64_128: {Device}"], run.ErrorLines.Take(2));
        Assert.StartsWith("{", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pi_Detach_WritesTheIdAndDoesNotWatch()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var plain = await CliRun.RunAsync(coordinator, "pi", "--detach");
        var json = await CliRun.RunAsync(coordinator, "pi", "--detach", "--json");

        Assert.Equal((0, "job-1\n", "`cluster watch job-1` shows it\n"), (plain.ExitCode, plain.Output, plain.Error));
        Assert.Equal((0, "{\"job\":\"job-1\"}\n"), (json.ExitCode, json.Output));
        Assert.Empty(coordinator.Received<V1.WatchRequest>());
    }

    [Fact]
    public async Task Pi_Waiting_SaysForWhat()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var waiting = SampleJobs.Running();
        waiting.Progress.WaitingFor = "a worker with a GPU";
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            await stream.WriteAsync(new V1.JobUpdate { Job = waiting });
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Succeeded() });
        };

        var run = await CliRun.RunAsync(coordinator, "pi");

        Assert.EndsWith("waiting for a worker with a GPU", run.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pi_OnATerminal_DrawsOnStandardErrorOnly()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Watch = async (_, stream, _) =>
        {
            await stream.WriteAsync(new V1.JobUpdate
            {
                Job = SampleJobs.Running(500),
                Placements = { new V1.Placement { Item = "item", Device = "/device" } }
            });
            await stream.WriteAsync(new V1.JobUpdate { Job = SampleJobs.Succeeded() });
        };

        var run = await CliRun.RunAsync(CliRun.Host(coordinator) with { IsErrorTerminal = true }, ["pi", "--json"], TestContext.Current.CancellationToken);

        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("item: /device", run.Error, StringComparison.Ordinal);
        Assert.Contains("\e[", run.Error, StringComparison.Ordinal);
    }
}
