using Cluster.Compute.Cpu;
using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;

namespace Cluster.Worker.Slots;

/// <summary>A device of a worker task. It runs one item at a time; <see cref="WorkerPool"/> owns who that is.</summary>
internal sealed class DeviceSlot(WorkerTask task, int index, SlotDevice hardware, TimeProvider time)
{
    private volatile string _doing = "";

    public WorkerTask Task { get; } = task;

    /// <summary>Name within the task: <c>/device:CPU:0</c>.</summary>
    public DeviceSpec Device { get; } = new() { Type = hardware.Info.Type, Index = index };

    /// <summary>What items compute on.</summary>
    public SlotDevice Hardware { get; } = hardware;

    public BusyMeter Busy { get; } = new(time);

    /// <summary>The item it runs, empty when idle; read by the lease's renewal.</summary>
    public string Doing
    {
        get => _doing;
        set => _doing = value;
    }

    /// <summary>Name in the cluster; valid while the task holds a lease.</summary>
    public DeviceSpec FullName => Task.Name.Merge(Device);

    /// <summary>Whoever holds the slot found its device lost: it takes no items until it is back, and the cluster is told.</summary>
    public Task LoseAsync(Exception cause)
    {
        Hardware.Lose(cause);
        return Task.PublishEntryAsync();
    }

    /// <summary>What the registry shows of it.</summary>
    public DeviceEntry Describe() => new()
    {
        Name = Device.ToString(),
        Description = Hardware.Info.Type == DeviceType.Cpu ? CpuDescription.For(Hardware.Info.Units) : $"{Hardware.Info.Name}, {Hardware.Info.Details}",
        MemoryBytes = Hardware.Info.MemoryBytes,
        Unhealthy = Hardware.Unhealthy,
        Load = Math.Round(Busy.Share(), 3),
        Doing = Doing,
    };
}
