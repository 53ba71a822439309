using Cluster.Compute.Computations;
using Cluster.Compute.Devices;
using Cluster.ServiceDefaults.Hosting;
using Cluster.ServiceDefaults.Registry;
using Cluster.Training.Models;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Cluster.Worker.Slots;

/// <summary>The worker tasks of this process: one, or in Standalone several. It starts and stops them and hands out their slots.</summary>
public sealed class WorkerPool(int count, IServiceProvider services) : IHostedLifecycleService, IDisposable
{
    private readonly ILogger _logger = services.GetRequiredService<ILogger<WorkerPool>>();
    private readonly SlotAllocator _slots = new();
    private readonly List<Running> _tasks = [];
    private WorkQueueEndpoints? _queues;

    /// <summary>Completes when every task has had its lease and its queues.</summary>
    public Task Ready => Task.WhenAll(_tasks.Select(t => t.Task.Ready));

    /// <summary>Whether every task has its lease and its queues now.</summary>
    public bool IsReady => _tasks.Count == count && _tasks.TrueForAll(t => t.Task.IsReady);

    internal SlotAllocator Slots => _slots;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts the tasks: the listeners are bound, and so the address is known, only now.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _queues = new WorkQueueEndpoints(services.GetRequiredService<IReceiveEndpointConnector>());
        for (var i = 0; i < count; i++)
        {
            var task = Create(i);
            foreach (var slot in task.Slots)
            {
                slot.Hardware.Recovered += () =>
                {
                    _slots.Recovered(slot);
                    _ = task.PublishEntryAsync();
                };
            }

            _tasks.Add(new Running(task, stop => RunAsync(task, stop)));
        }

        services.GetRequiredService<SlotMetrics>().Observe([.. _tasks.SelectMany(running => running.Task.Slots)]);

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
        if (_queues is not null) await _queues.StopAsync(cancellationToken);
        await Task.WhenAll(_tasks.Select(t => t.StopAsync()));
    }

    public void Dispose()
    {
        _queues?.Dispose();
        foreach (var running in _tasks)
        {
            running.Dispose();
            foreach (var slot in running.Task.Slots) slot.Hardware.Dispose();
        }
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
            Environment.ExitCode = 1;
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
    }

    private Task ConnectAsync(WorkerTask task, int index, CancellationToken stop)
    {
        _slots.Add(task.Slots);
        return _queues!.ConnectAsync(index, task.Slots, count, stop);
    }

    private WorkerTask Create(int position)
    {
        var options = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        var instance = ProcessInstance.Name(services.GetRequiredService<IConfiguration>());
        var devices = services.GetRequiredService<WorkerDevices>();
        var own = devices.Open(position, count);
        var catalog = services.GetRequiredService<ComputationCatalog>();
        var models = services.GetRequiredService<ModelCatalog>();
        return new WorkerTask(
            services.GetRequiredService<RedisRegistry>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<WorkerTask>>(),
            count == 1 ? instance : $"{instance}-{position}",
            options.AdvertisedAddress ?? ServerAddress.Http(services).Authority,
            new WorkerSkills(catalog.Names, models.Names) { GpuComputations = catalog.NamesFor(DeviceType.Gpu), GpuModels = models.NamesFor(DeviceType.Gpu) },
            own, own.Any(d => d.Info.Type == DeviceType.Gpu) ? "" : devices.WithoutGpu);
    }

    private sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Running(WorkerTask task, Func<CancellationToken, Task> run)
        {
            Task = task;
            _run = run(_stop.Token);
        }

        public WorkerTask Task { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
        }

        public void Dispose() => _stop.Dispose();
    }
}
