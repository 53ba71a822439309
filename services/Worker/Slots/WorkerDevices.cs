using Cluster.Compute.Cpu;
using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.ServiceDefaults.Hosting;

namespace Cluster.Worker.Slots;

/// <summary>Finds what a worker process computes on: a CPU for each of its tasks, and the GPUs that its settings allow.</summary>
internal sealed class WorkerDevices(WorkerOptions options, TimeProvider time, ILogger<WorkerDevices> logger)
{
    private CudaDiscovery? _found;

    /// <summary>Why there is no GPU, one line; empty where there is one.</summary>
    public string WithoutGpu { get; private set; } = "";

    /// <summary>Devices of one of the tasks of this process. GPUs are dealt out in turn, so that no two tasks share one.</summary>
    /// <exception cref="SettingException">A GPU was asked for that is not there.</exception>
    public IReadOnlyList<SlotDevice> Open(int position, int tasks)
    {
        var cpu = new CpuDevice(options.CoresOrAll);
        var gpus = Gpus().Where((_, i) => i % tasks == position).Select(info => Slot(info, () => CudaDevices.Open(info.Index)));
        return [Slot(cpu.Info, () => cpu), .. gpus];
    }

    private IReadOnlyList<DeviceInfo> Gpus()
    {
        if (options.UsesNoGpu)
        {
            WithoutGpu = "Worker__Gpus is 'none'";
            return [];
        }

        var found = _found ??= Discover();
        if (options.GpuIndices is not { } indices) return found.Devices;
        return [.. indices.Select(index => found.Devices.FirstOrDefault(d => d.Index == index) ?? throw new SettingException(
            $"Worker__Gpus: {options.Gpus}: there is no GPU {index}: {found.WhyNone ?? $"this machine has {found.Devices.Count}, from 0"}"))];
    }

    private CudaDiscovery Discover()
    {
        var found = CudaDevices.Discover();
        WithoutGpu = found.Devices.Count == 0 ? found.WhyNone ?? "" : "";
        if (found.Devices.Count == 0) WorkerLog.WithoutGpu(logger, WithoutGpu);
        return found;
    }

    private SlotDevice Slot(DeviceInfo info, Func<IDevice> open)
    {
        WorkerLog.DeviceFound(logger, info.Type, info.Index, info.Name, info.Details);
        return new SlotDevice(info, open, time, logger);
    }
}
