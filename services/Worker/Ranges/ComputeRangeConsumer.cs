using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Messages;
using Cluster.Worker.Slots;
using MassTransit;

namespace Cluster.Worker.Ranges;

/// <summary>Takes a range from a work queue to a free device slot. What it throws hands the item back to the queue.</summary>
internal sealed class ComputeRangeConsumer(WorkerPool pool, RangeRunner runner, CoordinatorNotice notice, TimeProvider time) : IConsumer<ComputeRange>
{
    private static readonly TimeSpan UnhealthyPause = TimeSpan.FromSeconds(2);

    public async Task Consume(ConsumeContext<ComputeRange> context)
    {
        if (await RunAsync(context.Message, context.CancellationToken) is { } told) await notice.TellAsync(context, told, context.Message.JobId);
    }

    // Not at once, so that an item which no other worker takes either does not go round and round.
    private async Task RequireHealthyAsync(DeviceSpec device, CancellationToken cancellationToken)
    {
        if (pool.Slots.CanServe(device)) return;
        await Task.Delay(UnhealthyPause, time, cancellationToken);
        if (!pool.Slots.CanServe(device)) throw new DeviceException($"no device of this worker that matches {device} is healthy; the item is handed back");
    }

    // The slot is free again before the coordinator is told: telling may take as long as the broker is away.
    private async Task<object?> RunAsync(ComputeRange item, CancellationToken cancellationToken)
    {
        var device = DeviceSpec.Parse(item.Device);
        await RequireHealthyAsync(device, cancellationToken);
        using var lease = await pool.Slots.AcquireAsync(device, cancellationToken);
        return await runner.RunAsync(item, lease.Slot, cancellationToken);
    }
}
