using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Messaging;
using MassTransit;

namespace Cluster.Worker.Slots;

/// <summary>The queues this process consumes, connected as its tasks get their indices. Owned by <see cref="WorkerPool"/>'s start and stop.</summary>
internal sealed class WorkQueueEndpoints(IReceiveEndpointConnector connector, WorkConsumers consumers) : IDisposable
{
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly Dictionary<string, HostReceiveEndpointHandle> _endpoints = [];

    /// <summary>Connects the queues that a task's devices can serve and returns when they deliver.</summary>
    /// <param name="task">Index of the task.</param>
    /// <param name="slots">Its devices.</param>
    /// <param name="tasks">Tasks of this process, all with such devices: they share the queues that are not pinned.</param>
    /// <param name="cancellationToken">Gives up waiting for the broker.</param>
    public async Task ConnectAsync(int task, IReadOnlyList<DeviceSlot> slots, int tasks, CancellationToken cancellationToken)
    {
        foreach (var (type, count) in slots.CountBy(s => s.Device.Type!.Value))
        {
            await ConnectAsync(QueueNames.WorkOn(type), tasks * count, cancellationToken);
            await ConnectAsync(QueueNames.WorkTask(task, type), count, cancellationToken);
        }
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
                    consumers(context, configurator);
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
