using System.Text.Json;
using Cluster.Contracts.Registry.V1;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

/// <summary>Commands that show what is on record: jobs, job, cancel, tasks, spec.</summary>
public sealed class RecordCommandTests
{
    private static readonly string SucceededJson = """
        {"job":"job-1","kind":"pi","state":"succeeded","spec":{"points":2000,"seed":42,"logDevicePlacement":false},
        "submitted":"2026-01-31T11:59:59.75+00:00","started":"2026-01-31T12:00:00+00:00","ended":"2026-01-31T12:00:02.5+00:00",
        "result":{"points":2000,"inside":1572},"error":"","progress":{"done":2000,"total":2000,"fraction":1,"unit":"points","rate":1000,
        "itemsDone":1,"itemsOutstanding":2,"itemsRepublished":0,"itemsFailed":0,"itemsTakenOver":3,"chiefs":4,"waitingFor":""},
        "generation":"1.00000000000000ff","key":"key-1"}
        """.ReplaceLineEndings("");

    [Fact]
    public async Task Jobs_ForPeople_IsATable()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.List = (_, _) => Task.FromResult(new V1.ListReply { Jobs = { SampleJobs.Running(500), SampleJobs.Succeeded() } });

        var run = await CliRun.RunAsync(coordinator, "jobs", "--limit", "7");

        Assert.Equal(
            """
            JOB    KIND  STATE      DONE     SUBMITTED             SPEC
            job-1  pi    running    25.0 %   2026-01-31 11:59:59Z  points=2000 seed=42
            job-1  pi    succeeded  100.0 %  2026-01-31 11:59:59Z  points=2000 seed=42

            """, run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(7, Assert.Single(coordinator.Received<V1.ListRequest>()).Limit);
    }

    [Fact]
    public async Task Jobs_Json_IsAnArrayOnOneLine()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.List = (_, _) => Task.FromResult(new V1.ListReply { Jobs = { SampleJobs.Succeeded(), SampleJobs.Running() } });

        var run = await CliRun.RunAsync(coordinator, "jobs", "--json");

        Assert.StartsWith($"[{SucceededJson},", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, JsonElement.Parse(OneLine(run)).GetArrayLength());
    }

    [Fact]
    public async Task Job_ForPeople_ShowsItsRecord()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(SampleJobs.Ended(V1.JobState.Failed, "it broke"));

        var run = await CliRun.RunAsync(coordinator, "job", "job-1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches(@"(?m)^state +failed$", run.Output);
        Assert.Matches(@"(?m)^error +it broke$", run.Output);
        Assert.Matches(@"(?m)^progress +25\.0 %, 500 of 2,000 points$", run.Output);
        Assert.Matches(@"(?m)^key +key-1$", run.Output);
        Assert.Matches(@"(?m)^items +1 done, 2 outstanding, 0 published again, 3 taken over, 0 failed$", run.Output);
    }

    [Fact]
    public async Task Job_Json_IsItsRecord()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(SampleJobs.Succeeded());

        Assert.Equal(SucceededJson, OneLine(await CliRun.RunAsync(coordinator, "--json", "job", "job-1")));
    }

    [Fact]
    public async Task Job_JsonOfABareRecord_HasNulls()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(new V1.Job { Id = "bare", Progress = new V1.Progress { Rate = double.PositiveInfinity } });

        var job = JsonElement.Parse(OneLine(await CliRun.RunAsync(coordinator, "job", "bare", "--json")));

        Assert.All(["spec", "result", "started", "ended"], name => Assert.Equal(JsonValueKind.Null, job.GetProperty(name).ValueKind));
    }

    [Fact]
    public async Task Watch_ComputationJson_IsItsRecord()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var job = SampleJobs.Succeeded();
        job.Kind = "computation";
        coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(new V1.JobUpdate { Job = job });

        var run = await CliRun.RunAsync(coordinator, "watch", "job-1", "--json");

        Assert.Equal("computation", JsonElement.Parse(OneLine(run)).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Cancel_RunningJob_IsConfirmed()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var run = await CliRun.RunAsync(coordinator, "cancel", "job-1", "--reason", "wrong seed");

        Assert.Equal((0, "job job-1: cancelled\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(("job-1", "wrong seed"), Assert.Single(coordinator.Received<V1.CancelRequest>()) is var r ? (r.Id, r.Reason) : default);
    }

    [Theory]
    [InlineData(V1.JobState.Succeeded, "succeeded")]
    [InlineData(V1.JobState.Failed, "failed")]
    [InlineData(V1.JobState.Cancelled, "cancelled")]
    public async Task Cancel_JobThatHadEnded_Is1AndSaysSo(V1.JobState state, string text)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Get = (_, _) => Task.FromResult(SampleJobs.Ended(state, ""));

        var run = await CliRun.RunAsync(coordinator, "cancel", "job-1");
        var json = await CliRun.RunAsync(coordinator, "cancel", "job-1", "--json");

        Assert.Equal((1, $"job job-1: {text}\n", $"job job-1 had ended: {text}; nothing was cancelled\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal((1, text), (json.ExitCode, JsonElement.Parse(json.Output).GetProperty("state").GetString()));
        Assert.Empty(coordinator.Received<V1.CancelRequest>());
    }

    [Fact]
    public async Task Cancel_JobThatEndsMeanwhile_Is1()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Cancel = (_, _) => Task.FromResult(SampleJobs.Succeeded());

        var run = await CliRun.RunAsync(coordinator, "cancel", "job-1");

        Assert.Equal((1, "job job-1: succeeded\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Cancel_AnswerIsLostAndTheRepetitionFindsItCancelled_IsConfirmed()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Cancel = (_, context) =>
        {
            if (coordinator.Received<V1.CancelRequest>().Count == 1) context.GetHttpContext().Abort();
            return Task.FromResult(SampleJobs.Ended(V1.JobState.Cancelled, "cancelled"));
        };

        var run = await CliRun.RunAsync(coordinator, "cancel", "job-1");

        Assert.Equal((0, "job job-1: cancelled\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public async Task Tasks_ForPeople_HasALineADevice()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Tasks = SampleTasks;

        var run = await CliRun.RunAsync(coordinator, "tasks");

        Assert.Equal(
            """
            TASK                ADDRESS  INSTANCE  INCARNATION  DEVICE                                     DOING                             DESCRIPTION
            /job:chief/task:0   h:1      chief-0   1.aa
            /job:ps/task:0      h:3      ps-0      3.cc         /job:ps/replica:0/task:0/device:CPU:0      train-ab12cd34 clock 1200, 3 MiB  8 GiB for shards
            /job:worker/task:0  h:2      worker-0  2.bb         /job:worker/replica:0/task:0/device:CPU:0  pi [0, 64)                        2 cores
            /job:worker/task:0  h:2      worker-0  2.bb         /job:worker/replica:0/task:0/device:GPU:0  idle                              H200

            """, run.Output);
    }

    [Fact]
    public async Task Tasks_Json_IsAnArrayOnOneLine()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.Tasks = SampleTasks;

        var tasks = JsonElement.Parse(OneLine(await CliRun.RunAsync(coordinator, "tasks", "--json")));

        Assert.Equal(
            """{"task":"/job:chief/task:0","jobName":"chief","index":0,"address":"h:1","instance":"chief-0","incarnation":"1.aa","started":null"""
                + ""","draining":false,"devices":[]}""", tasks[0].GetRawText());
        Assert.Equal("train-ab12cd34 clock 1200, 3 MiB", tasks[1].GetProperty("devices")[0].GetProperty("doing").GetString());
        Assert.Equal("pi [0, 64)", tasks[2].GetProperty("devices")[0].GetProperty("doing").GetString());
    }

    [Fact]
    public async Task Spec_BothForms_AreTheClusterSpec()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.ClusterSpecJson = """{"worker":["a:1","b:2"]}""";

        Assert.Equal("""{"worker":["a:1","b:2"]}""", OneLine(await CliRun.RunAsync(coordinator, "spec", "--json")));
        Assert.Equal("{\n  \"worker\": [\n    \"a:1\",\n    \"b:2\"\n  ]\n}\n", (await CliRun.RunAsync(coordinator, "spec")).Output);
    }

    private static ListTasksReply SampleTasks() => new()
    {
        Tasks =
        {
            new Contracts.Registry.V1.TaskInfo { JobName = "chief", Index = 0, Address = "h:1", Instance = "chief-0", Incarnation = "1.aa" },
            new Contracts.Registry.V1.TaskInfo
            {
                JobName = "ps",
                Index = 0,
                Address = "h:3",
                Instance = "ps-0",
                Incarnation = "3.cc",
                Devices =
                {
                    new Device { Name = "/job:ps/replica:0/task:0/device:CPU:0", Description = "8 GiB for shards", Doing = "train-ab12cd34 clock 1200, 3 MiB" },
                },
            },
            new Contracts.Registry.V1.TaskInfo
            {
                JobName = "worker",
                Index = 0,
                Address = "h:2",
                Instance = "worker-0",
                Incarnation = "2.bb",
                Devices =
                {
                    new Device { Name = "/job:worker/replica:0/task:0/device:CPU:0", Description = "2 cores", Doing = "pi [0, 64)" },
                    new Device { Name = "/job:worker/replica:0/task:0/device:GPU:0", Description = "H200" },
                },
            },
        },
    };

    private static string OneLine(CliRun run)
    {
        Assert.Equal(0, run.ExitCode);
        return Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
