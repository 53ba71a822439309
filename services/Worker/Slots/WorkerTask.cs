using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;

namespace Cluster.Worker.Slots;

/// <summary>
/// One worker task: holds a lease on an index, takes another when it loses it, and says in the registry what its devices do.
/// </summary>
internal sealed class WorkerTask
{
    private readonly RedisRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _instance;
    private readonly string _address;
    private readonly WorkerSkills _skills;
    private readonly string _withoutGpu;
    private readonly DateTimeOffset _startedAt;
    private readonly TaskCompletionSource _readyOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskLease? _lease;
    private volatile bool _ready;
    private volatile bool _isDraining;

    public WorkerTask(RedisRegistry registry, TimeProvider time, ILogger logger, string instance, string address, WorkerSkills skills,
        IReadOnlyList<SlotDevice> devices, string withoutGpu = "")
    {
        (_registry, _time, _logger, _instance, _address, _skills) = (registry, time, logger, instance, address, skills);
        _startedAt = time.GetUtcNow();
        _withoutGpu = withoutGpu;
        // Named by their place among this task's devices of a type, from 0, whatever the driver calls them.
        Slots = [.. devices.GroupBy(d => d.Info.Type).SelectMany(type => type.Select((device, index) => new DeviceSlot(this, index, device, time)))];
    }

    public IReadOnlyList<DeviceSlot> Slots { get; }

    /// <summary>It has a lease.</summary>
    public bool HasLease => _lease is not null;

    /// <summary>It has a lease and its queues deliver.</summary>
    public bool IsReady => _ready && !_isDraining;

    /// <summary>It is asked to leave: nothing new is meant for it.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Completes when it is ready for the first time and the registry says so.</summary>
    public Task Ready => _readyOnce.Task;

    /// <summary>Called once it is asked to leave; whoever runs it stops it then.</summary>
    public event Action? Drained;

    /// <summary><c>/job:worker/replica:0/task:N</c>.</summary>
    /// <exception cref="InvalidOperationException">It has no lease yet.</exception>
    public DeviceSpec Name => new() { JobName = JobNames.Worker, Replica = 0, Task = Lease.Grant.Index };

    /// <summary>Token of its lease: counter.random.</summary>
    public string Incarnation => Lease.Grant.Token;

    private TaskLease Lease => _lease ?? throw new InvalidOperationException("the worker has no lease yet");

    /// <summary>Holds a lease until cancelled, then hands it back.</summary>
    /// <param name="connect">Connects the queues of this task and its index; the task is ready when it returns.</param>
    /// <param name="cancellationToken">Ends the task; call when its items are finished.</param>
    public async Task RunAsync(Func<WorkerTask, int, CancellationToken, Task> connect, CancellationToken cancellationToken)
    {
        for (var life = 0; !cancellationToken.IsCancellationRequested; life++)
        {
            // One that lost its index to a namesake does not take it back from it: it goes on under a new name.
            var request = new LeaseRequest(JobNames.Worker, life == 0 ? _instance : $"{_instance}~{life}");
            await using var lease = await TaskLease.AcquireAsync(_registry, request, Describe, _time, _logger, cancellationToken);
            _lease = lease;
            await using var asked = lease.Drained.Register(Drain);
            await connect(this, lease.Grant.Index, cancellationToken);
            _ready = true;
            await lease.PublishEntryAsync();
            _readyOnce.TrySetResult();
            await WaitAsync(lease.Lost, cancellationToken);
            _ready = false;
        }
    }

    /// <summary>Says in the registry what the devices do now.</summary>
    public Task PublishEntryAsync() => _lease?.PublishEntryAsync() ?? Task.CompletedTask;

    private void Drain()
    {
        _isDraining = true;
        _ = PublishEntryAsync();
        Drained?.Invoke();
    }

    private TaskEntry Describe() => new()
    {
        Address = _address,
        StartedAt = _startedAt,
        Ready = IsReady,
        Draining = _isDraining,
        Computations = _skills.Computations,
        GpuComputations = _skills.GpuComputations,
        Models = _skills.Models,
        GpuModels = _skills.GpuModels,
        WithoutGpu = _withoutGpu,
        Devices = [.. Slots.Select(s => s.Describe())],
    };

    private static async Task WaitAsync(CancellationToken lost, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stop);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
