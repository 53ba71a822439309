using Cluster.Client.Errors;
using Cluster.Client.Tasks;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Registry.V1;

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
