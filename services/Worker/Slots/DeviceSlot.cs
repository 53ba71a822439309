using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.Worker.Slots;

/// <summary>A device of a worker task. It runs one item at a time; <see cref="WorkerPool"/> owns who that is.</summary>
/// <param name="task">Whose slot it is.</param>
/// <param name="device">Name within the task.</param>
/// <param name="description">For people.</param>
/// <param name="cores">Threads an item may use.</param>
/// <param name="open">Opens the processor, when the first item wants it; the slot owns it.</param>
internal sealed class DeviceSlot(WorkerTask task, DeviceSpec device, string description, int cores, Func<IDevice> open) : IDisposable
{
    private readonly Lazy<IDevice> _processor = new(open);
    private volatile string _doing = "";

    public WorkerTask Task { get; } = task;

    /// <summary>Name within the task: <c>/device:CPU:0</c>.</summary>
    public DeviceSpec Device { get; } = device;

    public string Description { get; } = description;

    /// <summary>What computes.</summary>
    public IDevice Processor => _processor.Value;

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

    public void Dispose()
    {
        if (_processor.IsValueCreated) _processor.Value.Dispose();
    }
}
