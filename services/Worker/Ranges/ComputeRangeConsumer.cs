using Cluster.Contracts.Devices;
using Cluster.Contracts.Messages;
using Cluster.Worker.Slots;
using MassTransit;

namespace Cluster.Worker.Ranges;

/// <summary>Takes a range from a work queue to a free device slot. What it throws hands the item back to the queue.</summary>
internal sealed class ComputeRangeConsumer(WorkerPool pool, RangeRunner runner) : IConsumer<ComputeRange>
{
    public async Task Consume(ConsumeContext<ComputeRange> context)
    {
        var item = context.Message;
        using var lease = await pool.Slots.AcquireAsync(DeviceSpec.Parse(item.Device), context.CancellationToken);
        if (await runner.RunAsync(item, lease.Slot, context.CancellationToken) is { } told)
            await context.Publish(told, context.CancellationToken);
    }
}
