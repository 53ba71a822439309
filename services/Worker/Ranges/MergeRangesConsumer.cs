using Cluster.Protocol.Messages;
using MassTransit;

namespace Cluster.Worker.Ranges;

/// <summary>Runs the last item of a computation. It is short and runs beside the item of a slot.</summary>
internal sealed class MergeRangesConsumer(RangeMerger merger, CoordinatorNotice notice, ILogger<MergeRangesConsumer> logger) : IConsumer<MergeRanges>
{
    public async Task Consume(ConsumeContext<MergeRanges> context)
    {
        var item = context.Message;
        try
        {
            if (await merger.MergeAsync(item, context.CancellationToken))
                await notice.TellAsync(context, new RangesMerged { JobId = item.JobId, Generation = item.Generation }, item.JobId);
        }
        catch (ComputationFailedException e)
        {
            RangeLog.MergeFailed(logger, e, item.JobId);
            await context.Publish(new RangesNotMerged
            {
                JobId = item.JobId,
                Generation = item.Generation,
                Error = e.Message.ReplaceLineEndings(" "),
            }, context.CancellationToken);
        }
    }
}
