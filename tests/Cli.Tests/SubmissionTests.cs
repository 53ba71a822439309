using System.Text.Json;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Cli.Tests;

/// <summary>Jobs by the key that they were submitted with, and what is said when it is not known whether one was accepted.</summary>
public sealed class SubmissionTests
{
    [Theory]
    [InlineData("pi")]
    [InlineData("price --paths 1000")]
    [InlineData("op add --a 1 --b 2")]
    [InlineData("train linear")]
    [InlineData("resume training-1a2b3c4d")]
    public async Task Submit_NeverAnswered_Is6AndNamesTheKey(string commandLine)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var cancelled = SampleTrainings.Ended(V1.JobState.Cancelled, "cancelled");
        cancelled.SpecJson = """{"model":"linear","mode":"async","lanes":2,"learningRate":0.1}""";
        coordinator.Script.Get = (_, _) => Task.FromResult(cancelled);
        coordinator.Script.Submit = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator cannot reach Redis; try again"));
        var host = CliRun.Host(coordinator);
        host = host with { ClientOptions = host.ClientOptions with { ReconnectTimeout = TimeSpan.FromMilliseconds(300) } };

        var run = await CliRun.RunAsync(host, [.. commandLine.Split(' '), "--json"], TestContext.Current.CancellationToken);

        var key = coordinator.Received<V1.SubmitRequest>().Select(request => request.IdempotencyKey).Distinct().Single();
        Assert.Equal((6, ""), (run.ExitCode, run.Output));
        Assert.Contains($"did not say whether it accepted the job (the coordinator cannot reach Redis; try again): `cluster jobs --key {key}` shows it",
            run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("no cluster answers", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_Key_IsSent()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        Assert.Equal(0, (await CliRun.RunAsync(coordinator, "pi", "--key", "nightly-1", "--detach")).ExitCode);

        Assert.Equal("nightly-1", Assert.Single(coordinator.Received<V1.SubmitRequest>()).IdempotencyKey);
        var tooLong = await CliRun.RunAsync(coordinator, "pi", "--key", new string('k', 65));
        Assert.Equal((2, "--key: 65 characters: must have 1 to 64"), (tooLong.ExitCode, tooLong.ErrorLines[0]));
    }

    [Fact]
    public async Task Jobs_Key_ShowsThatJobAlone()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        coordinator.Script.List = (request, _) => Task.FromResult(request.IdempotencyKey == "key-1"
            ? new V1.ListReply { Jobs = { SampleJobs.Running(500) } }
            : new V1.ListReply());

        var json = await CliRun.RunAsync(coordinator, "jobs", "--key", "key-1", "--json");
        var table = await CliRun.RunAsync(coordinator, "jobs", "--key", "key-1");

        Assert.Equal(("job-1", "key-1"), (Text(json, "job"), Text(json, "key")));
        Assert.Equal(0.25, JsonElement.Parse(json.Output)[0].GetProperty("progress").GetProperty("fraction").GetDouble());
        Assert.Contains("job-1  pi    running  25.0 %", table.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (json.ExitCode, table.ExitCode));

        static string Text(CliRun run, string name) => Assert.Single(JsonElement.Parse(run.Output).EnumerateArray()).GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Jobs_KeyOfNoJob_Is5AndAnEmptyArray()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();

        var json = await CliRun.RunAsync(coordinator, "jobs", "--key", "another", "--json");
        var people = await CliRun.RunAsync(coordinator, "jobs", "--key", "another");

        Assert.Equal((5, "[]\n"), (json.ExitCode, json.Output));
        Assert.Equal((5, "", "no job was submitted with key another within a day, or not yet\n"), (people.ExitCode, people.Output, people.Error));
    }

    [Theory]
    [InlineData("pi --detach --json")]
    [InlineData("jobs --json")]
    [InlineData("watch job-1 --json")]
    [InlineData("cancel job-1 --json")]
    [InlineData("data list --json")]
    public async Task AnyCommand_NoAnswerForAWhile_SaysSoOnStandardErrorAndGoesOn(string commandLine)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var noticed = new SignalWriter("no answer from");
        var host = CliRun.Host(coordinator);
        host = host with { Error = noticed, ClientOptions = host.ClientOptions with { NoticeDelay = TimeSpan.FromMilliseconds(50) } };
        HoldUntil(coordinator, noticed.Written);

        var run = await CliRun.RunAsync(host, commandLine.Split(' '), TestContext.Current.CancellationToken);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"no answer from {coordinator.Address.GetLeftPart(UriPartial.Authority)} for 0.1 s; waiting up to ", run.Error,
            StringComparison.Ordinal);
        Assert.NotNull(JsonElement.Parse(run.Output).GetRawText());
    }

    private static void HoldUntil(ScriptedCoordinator coordinator, Task told)
    {
        var script = coordinator.Script;
        var (submit, list, watch, get, sets) = (script.Submit, script.List, script.Watch, script.Get, script.DataSets);
        script.Submit = async (request, context) => await WaitAsync() ? await submit(request, context) : null!;
        script.List = async (request, context) => await WaitAsync() ? await list(request, context) : null!;
        script.Get = async (request, context) => await WaitAsync() ? await get(request, context) : null!;
        script.Watch = async (request, stream, context) =>
        {
            await WaitAsync();
            await watch(request, stream, context);
        };
        script.DataSets = () =>
        {
            WaitAsync().GetAwaiter().GetResult();
            return sets();
        };

        async Task<bool> WaitAsync()
        {
            await told.WaitAsync(TimeSpan.FromSeconds(60));
            return true;
        }
    }

    /// <summary>Tells when a line that begins with a text was written.</summary>
    private sealed class SignalWriter(string beginning) : StringWriter
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public override void WriteLine(string? value)
        {
            lock (_written) base.WriteLine(value);
            if (value?.StartsWith(beginning, StringComparison.Ordinal) == true) _written.TrySetResult();
        }
    }
}
