using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Models;
using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Hosting;
using Cluster.Storage.Registry;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Slots;

/// <summary>The worker tasks of this process: one, or in Standalone several. It starts and stops them and hands out their slots.</summary>
public sealed class WorkerPool(int count, IServiceProvider services) : IHostedLifecycleService, IDisposable
{
    private readonly ILogger _logger = services.GetRequiredService<ILogger<WorkerPool>>();
    private readonly SlotAllocator _slots = new();
    private readonly WorkerOptions _options = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
    private readonly WorkerDevices _devices = services.GetRequiredService<WorkerDevices>();
    private readonly GpuClaim _claim = services.GetRequiredService<GpuClaim>();
    private readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _giveUp = new();
    private volatile RunningTask[] _tasks = [];
    private Task _starting = Task.CompletedTask;
    private WorkQueueEndpoints? _queues;

    /// <summary>Completes when every task has had its lease and its queues.</summary>
    public Task Ready => ReadyAsync();

    /// <summary>Why this process does not take work now, one line; empty where it does. A task that was drained is none of it.</summary>
    public string WhyNotReady
    {
        get
        {
            if (_claim.Waiting is { Length: > 0 } waiting) return waiting;
            WorkerTask[] staying = [.. _tasks.Select(t => t.Task).Where(t => !t.IsDraining)];
            if (staying.Length == 0 && _tasks.Length > 0) return "was drained: takes nothing any more";
            return _tasks.Length > 0 && staying.All(t => t.IsReady) ? "" : "waits for its lease or its queues";
        }
    }

    internal SlotAllocator Slots => _slots;

    /// <summary>Looks for the GPUs before anything listens or connects.</summary>
    /// <exception cref="SettingException">A GPU was asked for that is not there.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _ = _devices.Gpus;
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the tasks: the listeners are bound, and so the address is known, only now.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _queues = new WorkQueueEndpoints(
            services.GetRequiredService<IReceiveEndpointConnector>(), services.GetRequiredService<WorkConsumers>());
        if (_options.ClaimsOneGpu) _starting = ClaimAsync();
        else Start();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops one task: its item is finished, its index handed back. The others go on.</summary>
    public async Task StopTaskAsync(int position, CancellationToken cancellationToken)
    {
        var running = _tasks[position];
        await _slots.RetireAsync(running.Task.Slots, cancellationToken);
        await running.StopAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _giveUp.CancelAsync();
        await _starting;
        if (_queues is not null) await _queues.StopAsync(cancellationToken);
        await Task.WhenAll(_tasks.Select(t => t.StopAsync()));
    }

    public void Dispose()
    {
        _queues?.Dispose();
        _giveUp.Dispose();
        foreach (var running in _tasks)
        {
            running.Dispose();
            foreach (var slot in running.Task.Slots) slot.Hardware.Dispose();
        }
    }

    private async Task ReadyAsync()
    {
        await _created.Task;
        await Task.WhenAll(_tasks.Select(t => t.Task.Ready));
    }

    private async Task ClaimAsync()
    {
        try
        {
            _devices.KeepTo(await _claim.AcquireAsync(_devices.Gpus, _giveUp.Token));
            _claim.Lost.Register(() =>
            {
                WorkerLog.GpuLost(_logger);
                Fail();
            });
            Start();
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            WorkerLog.TaskFailed(_logger, e);
            Fail();
        }
    }

    private void Start()
    {
        _tasks = [.. Enumerable.Range(0, count).Select(Start)];
        services.GetRequiredService<SlotMetrics>().Observe([.. _tasks.SelectMany(running => running.Task.Slots)]);
        _created.SetResult();
    }

    private RunningTask Start(int position)
    {
        var task = Create(position);
        task.Drained += () => _ = DrainAsync(task, position);
        foreach (var slot in task.Slots)
        {
            slot.Hardware.Recovered += () =>
            {
                _slots.Recovered(slot);
                _ = task.PublishEntryAsync();
            };
        }

        return new RunningTask(task, stop => RunAsync(task, stop));
    }

    // A process that has no other task ends as if it were told to.
    private async Task DrainAsync(WorkerTask task, int position)
    {
        WorkerLog.Drained(_logger, task.Name);
        if (count == 1)
        {
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            return;
        }

        try
        {
            await StopTaskAsync(position, _giveUp.Token);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // The process stops, and its tasks with it.
        }
    }

    private void Fail()
    {
        Environment.ExitCode = 1;
        services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
    }

    // A task that cannot go on ends the process, whose runner starts it anew, instead of standing there without work.
    private async Task RunAsync(WorkerTask task, CancellationToken stop)
    {
        try
        {
            await task.RunAsync(ConnectAsync, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            WorkerLog.TaskFailed(_logger, e);
            Fail();
        }
    }

    private Task ConnectAsync(WorkerTask task, int index, CancellationToken stop)
    {
        _slots.Add(task.Slots);
        return _queues!.ConnectAsync(index, task.Slots, count, stop);
    }

    private WorkerTask Create(int position)
    {
        var instance = ProcessInstance.Name(services.GetRequiredService<IConfiguration>());
        var own = _devices.Open(position, count);
        var catalog = services.GetRequiredService<ComputationCatalog>();
        var models = services.GetRequiredService<ModelCatalog>();
        return new WorkerTask(
            services.GetRequiredService<RedisRegistry>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<WorkerTask>>(),
            count == 1 ? instance : $"{instance}-{position}",
            _options.AdvertisedAddress ?? ServerAddress.Http(services).Authority,
            new WorkerSkills(catalog.Names, models.Names) { GpuComputations = catalog.NamesFor(DeviceType.Gpu), GpuModels = models.NamesFor(DeviceType.Gpu) },
            own, own.Any(d => d.Info.Type == DeviceType.Gpu) ? "" : _devices.WithoutGpu);
    }
}
