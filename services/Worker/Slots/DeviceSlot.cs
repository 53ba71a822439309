using Cluster.Contracts.Devices;

namespace Cluster.Worker.Slots;

/// <summary>A device of a worker task. It runs one item at a time; <see cref="WorkerPool"/> owns who that is.</summary>
internal sealed class DeviceSlot(WorkerTask task, DeviceSpec device, string description, int cores)
{
    private volatile string _doing = "";

    public WorkerTask Task { get; } = task;

    /// <summary>Name within the task: <c>/device:CPU:0</c>.</summary>
    public DeviceSpec Device { get; } = device;

    public string Description { get; } = description;

    /// <summary>Threads an item may use.</summary>
    public int Cores { get; } = cores;

    /// <summary>The item it runs, empty when idle; read by the lease's renewal.</summary>
    public string Doing
    {
        get => _doing;
        set => _doing = value;
    }

    /// <summary>Name in the cluster; valid while the task holds a lease.</summary>
    public DeviceSpec FullName => Task.Name.Merge(Device);
}
