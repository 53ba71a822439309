using Cluster.Contracts.Devices;
using Cluster.Coordinator.Tasks;
using Cluster.Storage.Registry;
using Cluster.Testing;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cluster.Coordinator.Tests.Tasks;

public sealed class WorkerDrainOnGarnetTests(RedisServers servers) : WorkerDrainTests(servers, RedisKind.Garnet);

public sealed class WorkerDrainOnRedisServerTests(RedisServers servers) : WorkerDrainTests(servers, RedisKind.RedisServer);

public abstract class WorkerDrainTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private static readonly TaskEntry Entry = new() { Address = "127.0.0.1:5000", StartedAt = DateTimeOffset.UnixEpoch, Ready = true };

    private readonly string _suffix = Guid.NewGuid().ToString("N");
    private readonly List<TaskLease> _leases = [];
    private RedisRegistry _registry = null!;
    private WorkerDrain _drain = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _registry = new RedisRegistry(Redis);
        _drain = new WorkerDrain(_registry);
        foreach (var (job, name) in ((string, string)[])[(JobNames.Worker, "worker-0"), (JobNames.Worker, "worker-1"), (JobNames.ParameterStore, "ps-0")])
            _leases.Add(await TaskLease.AcquireAsync(_registry, new LeaseRequest(job, $"{name}-{_suffix}"), () => Entry, TimeProvider.System,
                NullLogger.Instance, Ct));
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var lease in _leases) await lease.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Ask_ByInstance_MarksThatWorkerAlone()
    {
        var drained = await AskAsync($"worker-1-{_suffix}");

        Assert.Equal(($"worker-1-{_suffix}", false, 1), (drained.Worker.Instance, drained.WasDraining, drained.WorkersLeft));
        Assert.Equal([false, true, false], (await OwnTasksAsync()).Select(task => task.IsDraining));
    }

    [Theory]
    [InlineData("/job:worker/task:{0}")]
    [InlineData("/job:worker/replica:0/task:{0}")]
    public async Task Ask_ByTask_MarksThatWorker(string name)
    {
        var worker = (await OwnTasksAsync())[0];

        Assert.Equal(worker.Incarnation, (await AskAsync(string.Format(null, name, worker.Index))).Worker.Incarnation);
    }

    [Fact]
    public async Task Ask_Again_SaysThatItWasAskedBefore()
    {
        await AskAsync($"worker-1-{_suffix}");
        var again = await AskAsync($"worker-1-{_suffix}");
        Assert.Equal((true, 1), (again.WasDraining, again.WorkersLeft));

        var last = await AskAsync($"worker-0-{_suffix}");
        Assert.Equal((false, 0), (last.WasDraining, last.WorkersLeft));
    }

    [Theory]
    [InlineData("")]
    [InlineData("worker-9")]
    [InlineData("/job:worker")]
    [InlineData("/job:worker/task:1023")]
    [InlineData("/task:0")]
    [InlineData("/job:worker/task:0/cpu:0")]
    [InlineData("/job:worker/task:x")]
    public async Task Ask_NothingOfThisName_SaysWhatThereIs(string name)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync(name));

        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        var workers = (await OwnTasksAsync()).Where(task => task.JobName == JobNames.Worker).Select(task => $"{task.Name} ({task.Instance})");
        Assert.Equal($"there is no task '{name}'; the workers are {string.Join(", ", workers)}", refused.Status.Detail);
        Assert.All(await OwnTasksAsync(), task => Assert.False(task.IsDraining));
    }

    [Fact]
    public async Task Ask_NoWorker_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => AskAsync($"ps-0-{_suffix}"));

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.EndsWith($"(ps-0-{_suffix}) is no worker: only workers are drained", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WorkerThatLeftMeanwhile_IsNotThere()
    {
        var tasks = await OwnTasksAsync();
        await _leases[1].DisposeAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => _drain.AskAsync($"worker-1-{_suffix}", tasks));

        Assert.Equal((StatusCode.NotFound, false), (refused.StatusCode, refused.Status.Detail.Contains($"(worker-1-{_suffix})", StringComparison.Ordinal)));
    }

    private async Task<DrainedWorker> AskAsync(string name) => await _drain.AskAsync(name, await OwnTasksAsync());

    private async Task<IReadOnlyList<RegisteredTask>> OwnTasksAsync()
        => [.. (await Task.WhenAll(_registry.ListAsync(JobNames.Worker), _registry.ListAsync(JobNames.ParameterStore)))
            .SelectMany(tasks => tasks).Where(task => task.Instance.EndsWith(_suffix, StringComparison.Ordinal))];
}
