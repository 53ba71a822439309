using Cluster.Contracts.Devices;

namespace Cluster.Storage.Registry;

/// <summary>A task that holds its lease now.</summary>
/// <param name="JobName">TensorFlow's job name.</param>
/// <param name="Index">Task index.</param>
/// <param name="Incarnation">Token of its lease: counter.random.</param>
/// <param name="Instance">Name of the process's replica, stable over restarts.</param>
/// <param name="Entry">What it says of itself.</param>
public sealed record RegisteredTask(string JobName, int Index, string Incarnation, string Instance, TaskEntry Entry)
{
    /// <summary>It is asked to leave: it hands back what it does and ends.</summary>
    public bool IsDraining { get; init; }

    /// <summary><c>/job:worker/task:0</c>.</summary>
    public string Name => $"/job:{JobName}/task:{Index}";

    /// <summary>Full names of its devices, in the order of <see cref="TaskEntry.Devices"/>.</summary>
    public IEnumerable<DeviceSpec> Devices => Entry.Devices.Select(d => FullName(d.Name));

    private DeviceSpec FullName(string device)
        => new DeviceSpec { JobName = JobName, Replica = 0, Task = Index }.Merge(DeviceSpec.Parse(device));
}
