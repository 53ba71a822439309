using System.Text.Json;
using Cluster.Contracts.Registry.V1;
using Cluster.TestCoordinator;
using Grpc.Core;

namespace Cluster.Cli.Tests;

public sealed class DrainCommandTests
{
    private const string Name = "/job:worker/task:1 (worker-1)";

    [Fact]
    public async Task Drain_Worker_WaitsUntilItHasLeft()
    {
        await using var coordinator = await StartAsync(looks: 2, workersLeft: 1);

        var run = await CliRun.RunAsync(coordinator, "drain", "worker-1");

        Assert.Equal((0, $"{Name} has left; 1 worker stays\n"), (run.ExitCode, run.Output));
        Assert.Equal([$"waiting for {Name} to leave; it does pi [0, 64)", $"waiting for {Name} to leave"], run.ErrorLines);
        Assert.Equal("worker-1", Assert.Single(coordinator.Received<DrainTaskRequest>()).Task);
    }

    [Fact]
    public async Task Drain_Json_IsOneLine()
    {
        await using var coordinator = await StartAsync(looks: 0, workersLeft: 2);

        var run = await CliRun.RunAsync(coordinator, "drain", "/job:worker/task:1", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("""{"task":"/job:worker/task:1","instance":"worker-1","wasDraining":false,"workersLeft":2}""", JsonElement.Parse(run.Output).GetRawText());
    }

    [Fact]
    public async Task Drain_LastWorker_IsAllowedAndSaid()
    {
        await using var coordinator = await StartAsync(looks: 0, workersLeft: 0);

        var run = await CliRun.RunAsync(coordinator, "drain", "worker-1");

        Assert.Equal(
            (0, $"{Name} has left; 0 workers stay\n", "it is the last worker: jobs wait until another comes\n"), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Drain_WorkerThatIsDraining_SaysSoAndWaitsForIt()
    {
        await using var coordinator = await StartAsync(looks: 1, workersLeft: 1, wasDraining: true);

        var run = await CliRun.RunAsync(coordinator, "drain", "worker-1");

        Assert.Equal((0, $"{Name} is draining already"), (run.ExitCode, run.ErrorLines[0]));
    }

    [Fact]
    public async Task Drain_MarkIsForgotten_AsksAgain()
    {
        await using var coordinator = await StartAsync(looks: 2, workersLeft: 1, isListedAsDraining: false);

        Assert.Equal(0, (await CliRun.RunAsync(coordinator, "drain", "/job:worker/task:1")).ExitCode);
        Assert.Equal(["/job:worker/task:1", "worker-1", "worker-1"], coordinator.Received<DrainTaskRequest>().Select(request => request.Task));
    }

    [Fact]
    public async Task Drain_NoSuchTask_Is5WithWhatThereIs()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(coordinator, "drain", "worker-9");

        Assert.Equal((ExitCode.NoSuchJob, "", "there is no task 'worker-9'; there are no workers\n"), (run.Exit, run.Output, run.Error));
    }

    [Fact]
    public async Task Drain_NoWorker_Is1AndSaysSo()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Drain = _ => throw new RpcException(
            new Status(StatusCode.FailedPrecondition, "/job:ps/task:0 (ps-0) is no worker: only workers are drained"));

        var run = await CliRun.RunAsync(coordinator, "drain", "ps-0");

        Assert.Equal((ExitCode.Failed, "", "/job:ps/task:0 (ps-0) is no worker: only workers are drained\n"), (run.Exit, run.Output, run.Error));
    }

    [Fact]
    public async Task Drain_WithoutAName_IsAUsageError() => Assert.Equal(ExitCode.Usage, (await CliRun.RunAsync("drain")).Exit);

    [Fact]
    public async Task Drain_AnswerIsLostAndTheWorkerLeftMeanwhile_IsDone()
    {
        await using var coordinator = await StartAsync(looks: 0, workersLeft: 1);
        coordinator.Script.Tasks = () => coordinator.Received<DrainTaskRequest>().Count == 0 ? Listed(doing: "", isDraining: false) : new ListTasksReply();
        coordinator.Script.Drain = request => throw new RpcException(new Status(
            coordinator.Received<DrainTaskRequest>().Count == 1 ? StatusCode.Unavailable : StatusCode.NotFound, $"there is no task '{request.Task}'"));

        var run = await CliRun.RunAsync(coordinator, "drain", "worker-1");

        Assert.Equal((0, $"{Name} has left; 0 workers stay\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Interrupt_WhileItWaits_LeavesItDrainingAndSaysSo()
    {
        await using var coordinator = await StartAsync(looks: int.MaxValue, workersLeft: 1);
        using var source = new CancellationTokenSource();
        var listed = coordinator.Script.Tasks;
        coordinator.Script.Tasks = () =>
        {
            if (coordinator.Received<DrainTaskRequest>().Count > 0) source.CancelAfter(TimeSpan.FromMilliseconds(300));
            return listed();
        };

        var run = await CliRun.RunAsync(CliRun.Host(coordinator), ["drain", "worker-1"], source.Token);

        Assert.Equal((ExitCode.Interrupted, ""), (run.Exit, run.Output));
        Assert.Equal($"{Name} leaves all the same: `cluster tasks` shows whether it has", run.ErrorLines[^1]);
    }

    [Fact]
    public async Task Tasks_DrainingWorker_IsShown()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Tasks = () => new ListTasksReply { Tasks = { Worker("pi [0, 64)", isDraining: true), Worker("", isDraining: true) } };

        var run = await CliRun.RunAsync(coordinator, "tasks");

        Assert.Equal(["draining: pi [0, 64)  2 cores", "draining              2 cores"],
            run.Output.Split('\n')[1..3].Select(line => line[line.IndexOf("draining", StringComparison.Ordinal)..]));
        Assert.True(JsonElement.Parse((await CliRun.RunAsync(coordinator, "tasks", "--json")).Output)[0].GetProperty("draining").GetBoolean());
    }

    /// <summary>A coordinator whose worker is listed some times after it was asked, busy at first, and then is gone.</summary>
    private static async Task<ScriptedCoordinator> StartAsync(int looks, int workersLeft, bool wasDraining = false, bool isListedAsDraining = true)
    {
        var coordinator = await ScriptedCoordinator.StartAsync();
        var looked = 0;
        coordinator.Script.Tasks = () =>
        {
            if (coordinator.Received<DrainTaskRequest>().Count == 0) return Listed("pi [0, 64)", wasDraining);
            // A repetition lists before it asks.
            if (!isListedAsDraining) return coordinator.Received<DrainTaskRequest>().Count > looks ? new ListTasksReply() : Listed("", false);
            return ++looked > looks ? new ListTasksReply() : Listed(looked == 1 ? "pi [0, 64)" : "", true);
        };
        coordinator.Script.Drain = _ => new DrainTaskReply { Task = Worker("pi [0, 64)", wasDraining), WasDraining = wasDraining, WorkersLeft = workersLeft };
        return coordinator;
    }

    private static ListTasksReply Listed(string doing, bool isDraining) => new() { Tasks = { Worker(doing, isDraining) } };

    private static Contracts.Registry.V1.TaskInfo Worker(string doing, bool isDraining) => new()
    {
        JobName = "worker",
        Index = 1,
        Address = "h:2",
        Instance = "worker-1",
        Incarnation = "2.bb",
        Draining = isDraining,
        Devices = { new Device { Name = "/job:worker/replica:0/task:1/device:CPU:0", Description = "2 cores", Doing = doing } },
    };
}
