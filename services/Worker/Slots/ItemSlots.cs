using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.Worker.Slots;

/// <summary>Takes a slot for an item from a queue, on a device that the item's spec matches.</summary>
internal sealed class ItemSlots(WorkerPool pool, SlotMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan UnhealthyPause = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a slot.</summary>
    /// <param name="device">Device spec of the item; empty for any.</param>
    /// <param name="isRedelivered">Whether another worker had this very message and did not acknowledge it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DeviceException">No such device of this process is healthy: the item goes back.</exception>
    public async Task<SlotLease> AcquireAsync(string device, bool isRedelivered, CancellationToken cancellationToken)
    {
        if (isRedelivered) metrics.Redelivered();
        var spec = DeviceSpec.Parse(device);
        await RequireHealthyAsync(spec, cancellationToken);
        return await pool.Slots.AcquireAsync(spec, cancellationToken);
    }

    // Not at once, so that an item which no other worker takes either does not go round and round.
    private async Task RequireHealthyAsync(DeviceSpec device, CancellationToken cancellationToken)
    {
        if (pool.Slots.CanServe(device)) return;
        await Task.Delay(UnhealthyPause, time, cancellationToken);
        if (!pool.Slots.CanServe(device)) throw new DeviceException($"no device of this worker that matches {device} is healthy; the item is handed back");
    }
}
