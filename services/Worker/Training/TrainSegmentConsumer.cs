using Cluster.Protocol.Messages;
using Cluster.Worker.Ranges;
using Cluster.Worker.Slots;
using MassTransit;

namespace Cluster.Worker.Training;

/// <summary>Takes lanes of a training job from a work queue to a free device slot. What it throws hands the item back to the queue.</summary>
internal sealed class TrainSegmentConsumer(ItemSlots slots, SegmentRunner runner, CoordinatorNotice notice, WorkerStop stop) : IConsumer<TrainSegment>
{
    public async Task Consume(ConsumeContext<TrainSegment> context)
    {
        var told = await stop.RunAsync(context, token => RunAsync(context.Message, context.ReceiveContext.Redelivered, token));
        if (told is not null) await notice.TellAsync(context, told, context.Message.JobId);
    }

    // The slot is free again before the coordinator is told: telling may take as long as the broker is away.
    private async Task<object?> RunAsync(TrainSegment item, bool isRedelivered, CancellationToken cancellationToken)
    {
        using var lease = await slots.AcquireAsync(item.Device, isRedelivered, cancellationToken);
        return await runner.RunAsync(item, isRedelivered, lease.Slot, cancellationToken);
    }
}
