using Cluster.Protocol.Messages;
using Cluster.Worker.Slots;
using MassTransit;

namespace Cluster.Worker.Ranges;

/// <summary>Takes a range from a work queue to a free device slot. What it throws hands the item back to the queue.</summary>
internal sealed class ComputeRangeConsumer(ItemSlots slots, RangeRunner runner, CoordinatorNotice notice) : IConsumer<ComputeRange>
{
    public async Task Consume(ConsumeContext<ComputeRange> context)
    {
        if (await RunAsync(context.Message, context.ReceiveContext.Redelivered, context.CancellationToken) is { } told)
            await notice.TellAsync(context, told, context.Message.JobId);
    }

    // The slot is free again before the coordinator is told: telling may take as long as the broker is away.
    private async Task<object?> RunAsync(ComputeRange item, bool isRedelivered, CancellationToken cancellationToken)
    {
        using var lease = await slots.AcquireAsync(item.Device, isRedelivered, cancellationToken);
        return await runner.RunAsync(item, lease.Slot, cancellationToken);
    }
}
