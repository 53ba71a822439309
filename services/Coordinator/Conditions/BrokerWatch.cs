using Cluster.ServiceDefaults.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Cluster.Coordinator.Conditions;

/// <summary>
/// Hears when RabbitMQ blocks those who publish, on a connection of its own: it tells nobody but those, so a message that no queue
/// takes goes out each second. That RabbitMQ is away is for the bus to say.
/// </summary>
internal sealed class BrokerWatch(BrokerConnections connections, ClusterCondition condition, TimeProvider time, ILogger<BrokerWatch> logger) : BackgroundService
{
    private const string NoQueue = "cluster-probe";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!connections.Exist) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever the broker's client throws, and it throws many kinds, it is tried again.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                ConditionLog.BrokerNotWatched(logger, e.Message);
            }

            // A connection that is gone says nothing of alarms.
            Tell("");
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        await using var connection = await connections.OpenAsync("alarms", stoppingToken);
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        while (channel.IsOpen)
        {
            if (!condition.IsBrokerBlocked) await PublishAsync(channel, stoppingToken);
            await Task.Delay(Period, time, stoppingToken);
        }
    }

    private static async Task PublishAsync(IChannel channel, CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(CallTimeout);
        await channel.BasicPublishAsync("", NoQueue, ReadOnlyMemory<byte>.Empty, limit.Token);
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs e)
    {
        Tell($"RabbitMQ, which takes no messages ({e.Reason})");
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs e)
    {
        Tell("");
        return Task.CompletedTask;
    }

    private void Tell(string what)
    {
        if (!condition.BrokerRefuses(what)) return;
        if (what.Length > 0) ConditionLog.BrokerBlocked(logger, what);
        else ConditionLog.BrokerUnblocked(logger);
    }
}
