using Cluster.Protocol.Messages;
using MassTransit;

namespace Cluster.ServiceDefaults.Messaging;

/// <summary>
/// Queues of work items: durable quorum queues with a delivery limit. Sender and consumer declare them with the same
/// arguments, before anything is sent; RabbitMQ refuses a second declaration that differs.
/// </summary>
public static class WorkQueues
{
    // An item that comes back more often than this is dropped by the broker; its range is published again by the coordinator, which counts.
    private const int DeliveryLimit = 20;

    /// <summary>Address that sends to a work queue through the exchange of its name, which both sides declare alike.</summary>
    public static Uri Address(string queue) => new($"exchange:{queue}");

    /// <summary>Makes an endpoint of a worker a work queue that takes at most <paramref name="items"/> items at a time.</summary>
    public static void AsWorkQueue(this IReceiveEndpointConfigurator endpoint, int items)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PrefetchCount = items;
        endpoint.ConcurrentMessageLimit = items;
        // What a consumer throws means "hand it back": the item returns to the queue instead of to an error queue.
        endpoint.RethrowFaultedMessages();
        // What no consumer here knows is no item: nobody would look into a queue of such ones.
        endpoint.DiscardSkippedMessages();
        if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
        {
            queue.SetQuorumQueue();
            queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        }
    }

    /// <summary>Sends a work item; an item that no queue takes is an error.</summary>
    public static async Task SendItemAsync<T>(this ISendEndpointProvider bus, string queue, T item, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await bus.GetSendEndpoint(Address(queue));
        await endpoint.Send(item, Mandatory<T>(), cancellationToken);
    }

    internal static void DeclareWorkQueues(this IRabbitMqBusFactoryConfigurator transport)
        => transport.Publish<ComputeRange>(message =>
        {
            foreach (var queue in (string[])[QueueNames.WorkCpu, QueueNames.WorkGpu])
            {
                message.BindQueue(queue, queue, binding =>
                {
                    binding.SetQueueArgument("x-queue-type", "quorum");
                    binding.SetQueueArgument("x-delivery-limit", DeliveryLimit);
                    binding.Durable = true;
                    binding.AutoDelete = false;
                });
            }
        });

    private static IPipe<SendContext<T>> Mandatory<T>()
        where T : class
        => Pipe.Execute<SendContext<T>>(context =>
        {
            if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit)) rabbit.Mandatory = true;
        });
}
