using Cluster.ServiceDefaults.Redis;
using MassTransit;

namespace Cluster.Worker.Ranges;

/// <summary>
/// Tells the coordinator what became of an item. It is a hint that makes things fast: where it cannot be sent in time, the
/// coordinator finds the same in Redis a little later, and the item is acknowledged all the same.
/// </summary>
/// <remarks>
/// What RabbitMQ does not take in time is left to go out when it does, one notice for each item at most: a call that is cancelled, or
/// one of the consumer's own, would fail the item.
/// </remarks>
internal sealed class CoordinatorNotice(IBus bus, ILogger<CoordinatorNotice> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task TellAsync(ConsumeContext context, object told, string jobId)
    {
        try
        {
            await bus.Publish(told, CancellationToken.None).Abandonable().WaitAsync(Limit, context.CancellationToken);
        }
        catch (Exception e) when (!context.CancellationToken.IsCancellationRequested)
        {
            RangeLog.NotTold(logger, jobId, e.Message);
        }
    }
}
