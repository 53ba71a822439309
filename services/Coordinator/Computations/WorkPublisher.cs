using Cluster.Compute.Computations;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Messaging;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using MassTransit;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// Sends items to work queues. A send that fails or takes too long, or that RabbitMQ would not take, leaves
/// the item unpublished; it is sent again later.
/// </summary>
internal sealed class WorkPublisher(IBus bus, ClusterCondition condition, ILogger<WorkPublisher> logger)
{
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(5);

    public Task<bool> PublishAsync(JobRecord job, ComputationPlan plan, GrainRange range, PlacementKey target, CancellationToken cancellationToken)
        => SendAsync(job, target.Queue, new ComputeRange
        {
            JobId = job.Id,
            Generation = job.Generation,
            From = range.From,
            To = range.To,
            Computation = plan.Computation,
            Arguments = plan.Arguments,
            IndexCount = plan.Space.IndexCount,
            GrainSize = plan.Space.GrainSize,
            Device = target.Device.ToString(),
        }, cancellationToken);

    public Task<bool> PublishMergeAsync(JobRecord job, ComputationPlan plan, string queue, CancellationToken cancellationToken)
        => SendAsync(job, queue, new MergeRanges
        {
            JobId = job.Id,
            Generation = job.Generation,
            Computation = plan.Computation,
            Arguments = plan.Arguments,
            IndexCount = plan.Space.IndexCount,
            GrainSize = plan.Space.GrainSize,
        }, cancellationToken);

    /// <summary>Sends an item; false when it could not be sent in time.</summary>
    public async Task<bool> SendAsync<T>(JobRecord job, string queue, T item, CancellationToken cancellationToken)
        where T : class
    {
        // It would only wait for the time limit; and that it is blocked has been said.
        if (condition.IsBrokerBlocked) return false;
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await bus.SendItemAsync(queue, item, limit.Token).Abandonable().WaitAsync(SendTimeout, cancellationToken);
            limit.Dispose();
            return true;
        }
        catch (TimeoutException) when (condition.IsBrokerBlocked)
        {
            // Under way when RabbitMQ was blocked, and nothing after it: it goes out when that is over, and harms nobody if it went out again before.
            return false;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever the broker's client throws, and it throws many kinds, the item is written in Redis and goes out later.
            await limit.CancelAsync();
            limit.Dispose();
            JobLog.NotPublished(logger, job.Id, queue, e.Message);
            return false;
        }
    }
}
