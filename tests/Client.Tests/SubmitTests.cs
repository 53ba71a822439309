using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Tests;

public sealed class SubmitTests
{
    private static readonly PiSpec Spec = new() { Points = 2000, Seed = 42, Device = "/cpu:0", LogDevicePlacement = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubmitAsync_PiSpec_ArrivesWithKeyAndDeadline()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);

        var job = await client.SubmitAsync(Spec, cancellationToken: Token);

        var call = Assert.Single(coordinator.Calls);
        var request = Assert.IsType<V1.SubmitRequest>(call.Request);
        Assert.Equal(Spec.ToProto(), request.Pi);
        Assert.Equal($"Bearer {ScriptedCoordinator.Key}", call.Authorization);
        Assert.True(call.Deadline <= DateTime.UtcNow + TestClients.Options.CallTimeout);
        Assert.Equal((SampleJobs.Id, JobState.Running, 1000.0), (job.Id, job.State, job.Progress.Rate));
    }

    [Fact]
    public async Task SubmitAsync_AnswerLost_RepeatsWithTheSameKey()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var answers = 0;
        coordinator.Script.Submit = (_, context) =>
        {
            if (Interlocked.Increment(ref answers) == 1) context.GetHttpContext().Abort();
            if (answers == 2) throw new RpcException(new Status(StatusCode.Unavailable, "starting"));
            return Task.FromResult(SampleJobs.Running());
        };

        await client.SubmitAsync(Spec, cancellationToken: Token);

        var keys = coordinator.Received<V1.SubmitRequest>().Select(r => r.IdempotencyKey).ToList();
        Assert.Equal(3, keys.Count);
        Assert.Single(keys.Distinct());
        Assert.InRange(keys[0].Length, 1, 64);
    }

    [Fact]
    public async Task SubmitAsync_AttemptsRunOutOfTime_AsksAgainUntilItKnows()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { CallTimeout = TimeSpan.FromMilliseconds(50), CallRetries = 0 });
        coordinator.Script.Submit = async (_, context) =>
        {
            if (coordinator.Received<V1.SubmitRequest>().Count < 4) await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };

        Assert.Equal(SampleJobs.Id, (await client.SubmitAsync(Spec, cancellationToken: Token)).Id);

        Assert.Single(coordinator.Received<V1.SubmitRequest>().Select(r => r.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task SubmitAsync_CannotNowForLongerThanACallIsRepeated_AsksAgainUntilItKnows()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { CallRetries = 2 });
        coordinator.Script.Submit = (_, _) => coordinator.Received<V1.SubmitRequest>().Count < 10
            ? throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator cannot reach Redis; try again"))
            : Task.FromResult(SampleJobs.Running());

        Assert.Equal(SampleJobs.Id, (await client.SubmitAsync(Spec, cancellationToken: Token)).Id);
    }

    [Fact]
    public async Task SubmitAsync_RefusedAfterALostAnswer_AsksAgainUntilItKnows()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Submit = (_, context) =>
        {
            var calls = coordinator.Received<V1.SubmitRequest>().Count;
            if (calls == 1) context.GetHttpContext().Abort();
            return calls < 5 ? throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many")) : Task.FromResult(SampleJobs.Running());
        };

        Assert.Equal(SampleJobs.Id, (await client.SubmitAsync(Spec, cancellationToken: Token)).Id);
    }

    public static TheoryData<string> Kinds => [.. Submissions.Keys];

    private static readonly Dictionary<string, Func<ClusterClient, Task>> Submissions = new()
    {
        ["pi"] = client => client.SubmitAsync(Spec, "mine", Token),
        ["price"] = client => client.SubmitAsync(new PriceSpec { Spot = 100, Strike = 100, Volatility = 0.2, Maturity = 1, Paths = 1000 }, "mine", Token),
        ["computation"] = client => client.SubmitAsync(
        new ComputationSpec { Name = "sum", Arguments = System.Text.Json.JsonElement.Parse("{}"), IndexCount = 10, GrainSize = 2 }, "mine", Token),
        ["op"] = client => client.SubmitAsync(new OpSpec { Name = "add", A = new([1], [1]), B = new([1], [2]) }, "mine", Token),
        ["training"] = client => client.SubmitAsync(new TrainingSpec { LearningRate = 0.1f }, "mine", Token),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task SubmitAsync_NeverAnswered_SaysThatTheJobMayBeAcceptedAndHowToFindIt(string kind)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator,
            TestClients.Options with { CallTimeout = TimeSpan.FromMilliseconds(50), ReconnectTimeout = TimeSpan.FromMilliseconds(300) });
        coordinator.Script.Submit = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };

        var error = await Assert.ThrowsAsync<SubmissionUnknownException>(() => Submissions[kind](client));

        Assert.Equal(("mine", coordinator.Address), (error.Key, error.Address));
        Assert.Equal(
            $"{coordinator.Address.GetLeftPart(UriPartial.Authority)} did not say whether it accepted the job (no answer within 0.3 s): "
            + "`cluster jobs --key mine` shows it if it did, and the same submitted again with `--key mine` makes no second one", error.Message);
    }

    [Fact]
    public async Task SubmitAsync_NobodyListens_SaysThatNoClusterAnswers()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await coordinator.DieAsync();
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.SubmitAsync(Spec, cancellationToken: Token));

        Assert.StartsWith("no cluster answers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_TokenCancelledBeforeTheAnswer_ThrowsWithTheKey()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        coordinator.Script.Submit = async (_, context) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return SampleJobs.Running();
        };

        var error = await Assert.ThrowsAsync<SubmissionCancelledException>(() => client.SubmitAsync(Spec, "mine", source.Token));

        Assert.Equal(("mine", source.Token), (error.Key, error.CancellationToken));
        Assert.Contains("`cluster jobs --key mine`", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindJobAsync_Key_IsTheJobThatItMadeOrNull()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.List = (request, _) => Task.FromResult(request.IdempotencyKey == "key-1"
            ? new V1.ListReply { Jobs = { SampleJobs.Running() } }
            : new V1.ListReply());

        var found = await client.FindJobAsync("key-1", Token);

        Assert.Equal((SampleJobs.Id, "key-1"), (found!.Id, found.SubmissionKey));
        Assert.Null(await client.FindJobAsync("another", Token));
    }

    [Fact]
    public async Task SubmitAsync_TwoCalls_UseTwoKeys()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);

        await client.SubmitAsync(Spec, cancellationToken: Token);
        await client.SubmitAsync(Spec, cancellationToken: Token);
        await client.SubmitAsync(Spec, "mine", Token);

        var keys = coordinator.Received<V1.SubmitRequest>().Select(r => r.IdempotencyKey).ToList();
        Assert.Equal(3, keys.Distinct().Count());
        Assert.Equal("mine", keys[2]);
    }

    [Fact]
    public async Task SubmitAsync_WrongSpec_ListsAllViolationsWithoutACall()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            client.SubmitAsync(Spec with { Points = 0, Device = "/tpu:0" }, cancellationToken: Token));

        Assert.Equal(["points", "device"], error.Violations.Select(v => v.Field));
        Assert.Empty(coordinator.Calls);
    }

    [Fact]
    public async Task SubmitAsync_CoordinatorRefusesSpec_ListsAllItsViolations()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        SpecViolation[] violations = [new("points", "2000", "must be from 1 to 1000"), new("device", "", "must be given")];
        coordinator.Script.Submit = (_, _) => throw SpecRejection.ToRpcException(violations);

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() => client.SubmitAsync(Spec, cancellationToken: Token));

        Assert.Equal(violations, error.Violations);
        Assert.Equal("points: 2000: must be from 1 to 1000; device: '': must be given", error.Message);
        Assert.Single(coordinator.Calls);
    }

    [Fact]
    public async Task RunComputationAsync_Succeeds_ReturnsValue()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var spec = new ComputationSpec
        {
            Name = "sum",
            Arguments = System.Text.Json.JsonElement.Parse("""{"a":[1,2]}"""),
            IndexCount = 10,
            GrainSize = 2,
        };

        var result = await client.RunComputationAsync(spec, cancellationToken: Token);

        Assert.Equal(spec.ToProto(), Assert.Single(coordinator.Received<V1.SubmitRequest>()).Computation);
        Assert.Equal(SampleJobs.Inside, result.Value.GetProperty("inside").GetInt64());
        Assert.Equal((TimeSpan.FromSeconds(2.5), SampleJobs.Id), (result.Elapsed, result.JobId));
    }
}
