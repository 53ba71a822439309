using Cluster.Contracts.Messages;
using Cluster.ServiceDefaults.Messaging;
using Cluster.Worker.Ranges;
using MassTransit;

namespace Cluster.Worker.Slots;

/// <summary>The queues this process consumes, connected as its tasks get their indices. Owned by <see cref="WorkerPool"/>'s start and stop.</summary>
internal sealed class WorkQueueEndpoints(IReceiveEndpointConnector connector) : IDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly Dictionary<string, HostReceiveEndpointHandle> _endpoints = [];

    /// <summary>Connects the queues that a CPU worker serves and returns when they deliver.</summary>
    /// <param name="task">Index of the task whose pinned items come here too.</param>
    /// <param name="taskSlots">Slots of the task.</param>
    /// <param name="allSlots">Slots of all tasks of the process.</param>
    /// <param name="cancellationToken">Gives up waiting for the broker.</param>
    public async Task ConnectAsync(int task, int taskSlots, int allSlots, CancellationToken cancellationToken)
    {
        await ConnectAsync(QueueNames.WorkAny, allSlots, cancellationToken);
        await ConnectAsync(QueueNames.WorkCpu, allSlots, cancellationToken);
        await ConnectAsync(QueueNames.WorkTask(task), taskSlots, cancellationToken);
    }

    /// <summary>Takes no more items and waits for those under way.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
        => Task.WhenAll(_endpoints.Values.Select(endpoint => endpoint.StopAsync(cancellationToken)));

    public void Dispose() => _connecting.Dispose();

    private async Task ConnectAsync(string queue, int slots, CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (!_endpoints.TryGetValue(queue, out var endpoint))
            {
                endpoint = connector.ConnectReceiveEndpoint(queue, (context, configurator) =>
                {
                    configurator.AsWorkQueue(slots);
                    configurator.ConfigureConsumer<ComputeRangeConsumer>(context);
                    configurator.ConfigureConsumer<MergeRangesConsumer>(context);
                });
                _endpoints.Add(queue, endpoint);
            }

            await endpoint.Ready.WaitAsync(cancellationToken);
        }
        finally
        {
            _connecting.Release();
        }
    }
}
