using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using V1 = Cluster.Contracts.Registry.V1;

namespace Cluster.Coordinator.Tasks;

/// <summary>Answers who is there from the registry in Redis, and asks workers to leave.</summary>
internal sealed class RegistryGrpcService(RedisRegistry registry, WorkerDrain drain) : V1.Registry.RegistryBase
{
    private static readonly string[] Roles = [JobNames.Chief, JobNames.ParameterStore, JobNames.Worker];

    public override async Task<V1.ListTasksReply> ListTasks(V1.ListTasksRequest request, ServerCallContext context)
        => new() { Tasks = { (await AllAsync()).Select(ToMessage) } };

    public override async Task<V1.GetClusterSpecReply> GetClusterSpec(V1.GetClusterSpecRequest request, ServerCallContext context)
    {
        var tasks = await AllAsync();
        return new() { ClusterSpecJson = new ClusterSpec(tasks.Select(t => (t.JobName, t.Index, t.Entry.Address))).ToJson() };
    }

    public override async Task<V1.DrainTaskReply> DrainTask(V1.DrainTaskRequest request, ServerCallContext context)
    {
        var drained = await drain.AskAsync(request.Task, [.. await AllAsync()]);
        return new() { Task = ToMessage(drained.Worker), WasDraining = drained.WasDraining, WorkersLeft = drained.WorkersLeft };
    }

    private async Task<IEnumerable<RegisteredTask>> AllAsync()
        => (await Task.WhenAll(Roles.Select(registry.ListAsync))).SelectMany(tasks => tasks);

    private static V1.TaskInfo ToMessage(RegisteredTask task) => new()
    {
        JobName = task.JobName,
        Index = task.Index,
        Address = task.Entry.Address,
        Incarnation = task.Incarnation,
        Instance = task.Instance,
        StartedAt = task.Entry.StartedAt.ToTimestamp(),
        WithoutGpu = task.Entry.WithoutGpu,
        Draining = task.IsDraining,
        Devices =
        {
            task.Devices.Zip(task.Entry.Devices, (name, device) => new V1.Device
            {
                Name = name.ToString(), Description = device.Description, Doing = device.Doing,
                MemoryBytes = device.MemoryBytes, Load = device.Load, Unhealthy = device.Unhealthy,
            }),
        },
    };
}
