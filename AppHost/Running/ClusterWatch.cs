using System.Runtime.CompilerServices;

namespace Cluster.AppHost.Running;

/// <summary>What the processes of the model are doing, as one list that is given anew whenever it changes.</summary>
internal sealed class ClusterWatch(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    private const string Dashboard = "aspire-dashboard";

    /// <summary>Every process there is to be, in the model's order: a replica that nobody has heard of yet is not up.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ReplicaView>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new SortedDictionary<string, ReplicaView>(StringComparer.Ordinal);
        await foreach (var change in notifications.WatchAsync(cancellationToken))
        {
            if (!IsPart(change.Resource)) continue;
            seen[change.ResourceId] = new ReplicaView(change.Resource, change.ResourceId, change.Snapshot);
            yield return [.. model.Resources.Where(IsPart).SelectMany(Replicas)];
        }

        IEnumerable<ReplicaView> Replicas(IResource resource)
        {
            var known = seen.Values.Where(replica => replica.Resource == resource).ToList();
            return known.Concat(Enumerable.Repeat(new ReplicaView(resource, resource.Name, null), Math.Max(0, resource.GetReplicaCount() - known.Count)));
        }
    }

    // Not the dashboard, not what is started by hand alone, not parameters.
    private static bool IsPart(IResource resource)
        => resource is ProjectResource or ExecutableResource or ContainerResource
            && !resource.HasAnnotationOfType<ExplicitStartupAnnotation>() && resource.Name != Dashboard;
}

/// <summary>One process or container.</summary>
/// <param name="Resource">What it is a replica of.</param>
/// <param name="Id">Its own name: <c>worker-aenqpxaq</c>.</param>
/// <param name="Snapshot">Its state; null before there is one.</param>
internal sealed record ReplicaView(IResource Resource, string Id, CustomResourceSnapshot? Snapshot)
{
    public bool IsUp
        => Snapshot is { HealthStatus: Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy }
        && Snapshot.State?.Text == KnownResourceStates.Running;

    /// <summary>It ended for good and is not started again: its log says why.</summary>
    public bool HasFailed => Snapshot is { ExitCode: Restarts.WrongSetting, State.Text: { } state } && KnownResourceStates.TerminalStates.Contains(state);

    /// <summary>Process id; 0 while there is none, or where it is a container.</summary>
    public int Pid => Snapshot?.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is int pid ? pid : 0;
}
