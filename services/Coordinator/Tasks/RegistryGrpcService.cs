using Cluster.Contracts.Devices;

using Cluster.ServiceDefaults.Registry;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using V1 = Cluster.Contracts.Registry.V1;

namespace Cluster.Coordinator.Tasks;

/// <summary>Answers who is there from the registry in Redis.</summary>
internal sealed class RegistryGrpcService(RedisRegistry registry) : V1.Registry.RegistryBase
{
    private static readonly string[] Roles = [JobNames.Chief, JobNames.ParameterStore, JobNames.Worker];

    public override async Task<V1.ListTasksReply> ListTasks(V1.ListTasksRequest request, ServerCallContext context)
        => new() { Tasks = { (await AllAsync()).Select(ToMessage) } };

    public override async Task<V1.GetClusterSpecReply> GetClusterSpec(V1.GetClusterSpecRequest request, ServerCallContext context)
    {
        var tasks = await AllAsync();
        return new() { ClusterSpecJson = new ClusterSpec(tasks.Select(t => (t.JobName, t.Index, t.Entry.Address))).ToJson() };
    }

    private async Task<IEnumerable<RegisteredTask>> AllAsync()
        => (await Task.WhenAll(Roles.Select(registry.ListAsync))).SelectMany(tasks => tasks);

    private static V1.Task ToMessage(RegisteredTask task) => new()
    {
        JobName = task.JobName,
        Index = task.Index,
        Address = task.Entry.Address,
        Incarnation = task.Incarnation,
        Instance = task.Instance,
        StartedAt = task.Entry.StartedAt.ToTimestamp(),
        WithoutGpu = task.Entry.WithoutGpu,
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
