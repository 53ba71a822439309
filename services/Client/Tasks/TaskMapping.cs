using V1 = Cluster.Contracts.Registry.V1;

namespace Cluster.Client.Tasks;

internal static class TaskMapping
{
    public static ClusterTask ToTask(this V1.TaskInfo task) => new()
    {
        JobName = task.JobName,
        Index = task.Index,
        Address = task.Address,
        Incarnation = task.Incarnation,
        Instance = task.Instance,
        StartedAt = task.StartedAt?.ToDateTimeOffset(),
        Devices = [.. task.Devices.Select(d => new ClusterDevice(d.Name, d.Description, d.Doing)
        {
            MemoryBytes = d.MemoryBytes,
            Load = d.Load,
            Unhealthy = d.Unhealthy,
        })],
        WithoutGpu = task.WithoutGpu,
        IsDraining = task.Draining,
    };
}
