using Cluster.Protocol.Messages;
using Cluster.Worker.Ranges;
using Cluster.Worker.Slots;
using MassTransit;

namespace Cluster.Worker.Training;

/// <summary>Takes the evaluation of a trained model from a work queue to a free device slot. What it throws hands the item back to the queue.</summary>
internal sealed class EvaluateModelConsumer(ItemSlots slots, ModelEvaluator evaluator, CoordinatorNotice notice, WorkerStop stop) : IConsumer<EvaluateModel>
{
    public async Task Consume(ConsumeContext<EvaluateModel> context)
    {
        var told = await stop.RunAsync(context, token => RunAsync(context.Message, context.ReceiveContext.Redelivered, token));
        if (told is not null) await notice.TellAsync(context, told, context.Message.JobId);
    }

    private async Task<object?> RunAsync(EvaluateModel item, bool isRedelivered, CancellationToken cancellationToken)
    {
        using var lease = await slots.AcquireAsync(item.Device, isRedelivered, cancellationToken);
        lease.Slot.Doing = $"{item.JobId} evaluation";
        return await evaluator.RunAsync(item, isRedelivered, lease.Slot, cancellationToken);
    }
}
