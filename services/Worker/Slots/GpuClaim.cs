using Cluster.Compute.Devices;
using Cluster.ServiceDefaults.Hosting;
using Cluster.Storage.Registry;

namespace Cluster.Worker.Slots;

/// <summary>
/// Claims one GPU for this process by a lease in the registry, and holds it until the process ends. A lease names the GPU by its
/// UUID, so that it has one holder whichever container asks and whatever number the driver gives it there.
/// </summary>
/// <remarks>Whoever creates the devices must depend on this, so that they are closed before the claim is handed back.</remarks>
internal sealed class GpuClaim(RedisRegistry registry, IConfiguration configuration, TimeProvider time, ILogger<GpuClaim> logger) : IAsyncDisposable
{
    private volatile TaskLease? _lease;
    private volatile string _waiting = "";

    /// <summary>What it waits for, one line; empty where it does not.</summary>
    public string Waiting => _waiting;

    /// <summary>Cancelled when another process holds the GPU now: this one must leave it alone.</summary>
    /// <exception cref="InvalidOperationException">Nothing is claimed yet.</exception>
    public CancellationToken Lost => _lease?.Lost ?? throw new InvalidOperationException("no GPU is claimed yet");

    /// <summary>Claims one of the GPUs, waits while others have them all. A process that comes back takes its own again at once.</summary>
    public async Task<DeviceInfo> AcquireAsync(IReadOnlyList<DeviceInfo> gpus, CancellationToken cancellationToken)
    {
        var instance = ProcessInstance.Name(configuration);
        var entry = new TaskEntry { Address = Environment.MachineName, StartedAt = time.GetUtcNow(), Ready = true };
        var requests = gpus.Select(gpu => new LeaseRequest(gpu.Uuid, instance, MaxTasks: 1) { Title = $"GPU {gpu.Index} ({gpu.Uuid})" }).ToList();
        _lease = await TaskLease.AcquireAnyAsync(registry, requests, () => entry, () => Wait(gpus.Count), time, logger, cancellationToken);
        _waiting = "";
        return gpus.First(gpu => gpu.Uuid == _lease.Grant.JobName);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null) await _lease.DisposeAsync();
    }

    private void Wait(int gpus)
    {
        if (_waiting.Length > 0) return;
        _waiting = gpus == 1 ? "the GPU of this machine is claimed; waiting for it" : $"all {gpus} GPUs of this machine are claimed; waiting for one";
        WorkerLog.GpusClaimed(logger, _waiting);
    }
}
