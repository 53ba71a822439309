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
        Assert.True(call.Deadline < DateTime.UtcNow + TestClients.Options.CallTimeout);
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

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() => client.SubmitAsync(Spec with { Points = 0, Device = "/tpu:0" }, cancellationToken: Token));

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
