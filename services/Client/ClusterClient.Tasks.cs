using Cluster.Client.Errors;
using Cluster.Client.Tasks;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Registry.V1;
using Grpc.Core;

namespace Cluster.Client;

/// <content>What the cluster consists of.</content>
public sealed partial class ClusterClient
{
    /// <summary>The tasks that hold a lease now, with their devices and what these are doing.</summary>
    public async Task<IReadOnlyList<ClusterTask>> ListTasksAsync(CancellationToken cancellationToken = default)
    {
        var request = new ListTasksRequest();
        var reply = await _coordinator.CallAsync(c => _coordinator.Registry.ListTasksAsync(request, c), null, cancellationToken).ConfigureAwait(false);
        return [.. reply.Tasks.Select(t => t.ToTask())];
    }

    /// <summary>Every device of every task that holds a lease now, by name, with what it does and how it is.</summary>
    public async Task<IReadOnlyList<ClusterDevice>> GetDevicesAsync(CancellationToken cancellationToken = default)
        => [.. (await ListTasksAsync(cancellationToken).ConfigureAwait(false)).SelectMany(t => t.Devices)];

    /// <summary>
    /// Asks a worker to leave: it takes no more items, hands back those it has and ends. Returns when it is asked; it has left when
    /// <see cref="ListTasksAsync"/> does not list it any more. May be repeated.
    /// </summary>
    /// <param name="name">Its task, <c>/job:worker/task:1</c>, or <see cref="ClusterTask.Instance"/>.</param>
    /// <param name="cancellationToken">Gives up; it may have been asked by then.</param>
    /// <exception cref="TaskNotFoundException">There is no such task.</exception>
    /// <exception cref="ClusterException">The task is no worker.</exception>
    public async Task<DrainedTask> DrainTaskAsync(string name, CancellationToken cancellationToken = default)
    {
        var before = await ListTasksAsync(cancellationToken).ConfigureAwait(false);
        var request = new DrainTaskRequest { Task = name };
        try
        {
            var reply = await _coordinator.CallAsync(c => _coordinator.Registry.DrainTaskAsync(request, c), null, cancellationToken).ConfigureAwait(false);
            return new DrainedTask(reply.Task.ToTask(), reply.WasDraining, reply.WorkersLeft);
        }
        catch (ClusterException e) when (e.InnerException is RpcException { StatusCode: StatusCode.NotFound } refused)
        {
            // It was there, and has left: by an attempt whose answer was lost.
            if (before.FirstOrDefault(task => name == task.Name || name == task.Instance) is { JobName: JobNames.Worker } left)
                return new DrainedTask(left, left.IsDraining, before.Count(task => task.JobName == JobNames.Worker && task != left && !task.IsDraining));
            throw new TaskNotFoundException(name, refused.Status.Detail, e);
        }
        catch (ClusterException e) when (e.InnerException is RpcException { StatusCode: StatusCode.FailedPrecondition } refused)
        {
            throw new ClusterException(refused.Status.Detail, e);
        }
    }

    /// <summary>Job name → task addresses, TensorFlow's ClusterSpec.</summary>
    public async Task<ClusterSpec> GetClusterSpecAsync(CancellationToken cancellationToken = default)
    {
        var request = new GetClusterSpecRequest();
        var reply = await _coordinator.CallAsync(c => _coordinator.Registry.GetClusterSpecAsync(request, c), null, cancellationToken).ConfigureAwait(false);
        try
        {
            return ClusterSpec.Parse(reply.ClusterSpecJson);
        }
        catch (FormatException e)
        {
            throw new ClusterException(e.Message, e);
        }
    }
}
