using System.Threading.Channels;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Tests;

public sealed class WatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WatchAsync_CoordinatorRestartsOnItsPort_GoesOnBehindThePlacementsSeen()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var losses = Channel.CreateUnbounded<string>();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { ConnectionLost = r => losses.Writer.TryWrite(r) });
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            await stream.WriteAsync(Update(SampleJobs.Running(500), "a", "b"));
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };

        var placements = new List<Placement>();
        var states = new List<JobState>();
        await foreach (var update in client.WatchAsync(SampleJobs.Id, Token))
        {
            placements.AddRange(update.Placements);
            states.Add(update.Job.State);
            if (states.Count > 1) continue;

            await coordinator.DieAsync();
            coordinator.Script.Watch = (_, stream, _) => stream.WriteAsync(Update(SampleJobs.Succeeded(), "c"));
            await coordinator.ComeBackAsync();
        }

        Assert.Equal(["a: /device", "b: /device", "c: /device"], placements.Select(p => p.ToString()));
        Assert.Equal([JobState.Running, JobState.Succeeded], states);
        Assert.Equal([0L, 2L], coordinator.Received<V1.WatchRequest>().Select(r => r.PlacementsSeen));
        Assert.True(losses.Reader.TryRead(out var reason));
        Assert.NotEmpty(reason);
        Assert.False(losses.Reader.TryRead(out _));
    }

    [Fact]
    public async Task WatchAsync_CoordinatorIsAwayForAWhile_WaitsForIt()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await coordinator.DieAsync();
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { ConnectionLost = _ => lost.TrySetResult() });

        var waiting = client.WaitAsync(SampleJobs.Id, cancellationToken: Token);
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await coordinator.ComeBackAsync();

        Assert.Equal(JobState.Succeeded, (await waiting).State);
    }

    [Fact]
    public async Task WatchAsync_CoordinatorStaysAway_GivesUp()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await coordinator.DieAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { ReconnectTimeout = TimeSpan.FromMilliseconds(20) });

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.WaitAsync(SampleJobs.Id, cancellationToken: Token));

        Assert.Contains(coordinator.Address.Authority, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchAsync_StreamEndsBeforeTheJob_OpensAnother()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Watch = (_, stream, _) => coordinator.Received<V1.WatchRequest>().Count switch
        {
            1 => stream.WriteAsync(Update(SampleJobs.Running())),
            2 => Task.CompletedTask,
            3 => throw new InvalidOperationException("a bug"),
            _ => stream.WriteAsync(Update(SampleJobs.Succeeded())),
        };

        Assert.Equal(JobState.Succeeded, (await client.WaitAsync(SampleJobs.Id, cancellationToken: Token)).State);
        Assert.Equal(4, coordinator.Received<V1.WatchRequest>().Count);
    }

    [Fact]
    public async Task WatchAsync_StreamsEndAtOnceForEver_GivesUp()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { ReconnectTimeout = TimeSpan.FromMilliseconds(20) });
        coordinator.Script.Watch = (_, _, _) => Task.CompletedTask;

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.WaitAsync(SampleJobs.Id, cancellationToken: Token));
    }

    [Fact]
    public async Task WatchAsync_StreamOutlivesItsTime_AsksAnewWithoutALoss()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        var losses = 0;
        await using var client = TestClients.Connect(coordinator, TestClients.Options with
        {
            WatchStreamTime = TimeSpan.FromMilliseconds(300),
            ConnectionLost = _ => Interlocked.Increment(ref losses),
        });
        coordinator.Script.Watch = async (_, stream, context) =>
        {
            var isFirst = coordinator.Received<V1.WatchRequest>().Count == 1;
            await stream.WriteAsync(Update(isFirst ? SampleJobs.Running() : SampleJobs.Succeeded()));
            if (isFirst) await Task.Delay(Timeout.Infinite, context.CancellationToken);
        };

        Assert.Equal(JobState.Succeeded, (await client.WaitAsync(SampleJobs.Id, cancellationToken: Token)).State);
        Assert.Equal(0, losses);
        Assert.All(coordinator.Calls, c => Assert.True(c.Deadline < DateTime.MaxValue));
    }

    [Fact]
    public async Task WatchAsync_NoSuchJob_ThrowsWithItsId()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Watch = (_, _, _) => throw new RpcException(new Status(StatusCode.NotFound, "no such job"));

        var error = await Assert.ThrowsAsync<JobNotFoundException>(() => client.WaitAsync("nope", cancellationToken: Token));

        Assert.Equal("nope", error.JobId);
        Assert.Single(coordinator.Calls);
    }

    private static V1.JobUpdate Update(V1.Job job, params string[] items)
        => new() { Job = job, Placements = { items.Select(i => new V1.Placement { Item = i, Device = "/device" }) } };
}
