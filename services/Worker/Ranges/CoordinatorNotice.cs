using MassTransit;

namespace Cluster.Worker.Ranges;

/// <summary>
/// Tells the coordinator what became of an item. It is a hint that makes things fast: where it cannot be sent in time, the
/// coordinator finds the same in Redis a little later, and the item is acknowledged all the same.
/// </summary>
internal sealed class CoordinatorNotice(ILogger<CoordinatorNotice> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task TellAsync(ConsumeContext context, object told, string jobId)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await context.Publish(told, limit.Token);
        }
        catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
        {
            RangeLog.NotTold(logger, jobId, e.Message);
        }
    }
}
