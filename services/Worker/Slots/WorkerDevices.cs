using Cluster.Compute.Cpu;
using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.ServiceDefaults.Configuration;

namespace Cluster.Worker.Slots;

/// <summary>Finds what a worker process computes on: a CPU for each of its tasks, and the GPUs that its settings allow.</summary>
internal sealed class WorkerDevices(WorkerOptions options, TimeProvider time, ILogger<WorkerDevices> logger)
{
    private IReadOnlyList<DeviceInfo>? _gpus;

    /// <summary>Why there is no GPU, one line; empty where there is one.</summary>
    public string WithoutGpu { get; private set; } = "";

    /// <summary>The GPUs that the settings allow, in the driver's order. One that is to be claimed is one of them.</summary>
    /// <exception cref="SettingException">A GPU was asked for that is not there.</exception>
    public IReadOnlyList<DeviceInfo> Gpus => _gpus ??= FindGpus();

    /// <summary>Uses this GPU alone.</summary>
    public void KeepTo(DeviceInfo gpu) => _gpus = [gpu];

    /// <summary>Devices of one of the tasks of this process. GPUs are dealt out in turn, so that no two tasks share one.</summary>
    /// <exception cref="SettingException">As for <see cref="Gpus"/>.</exception>
    public IReadOnlyList<SlotDevice> Open(int position, int tasks)
    {
        var cpu = new CpuDevice(options.CoresOrAll);
        var gpus = Gpus.Where((_, i) => i % tasks == position).Select(info => Slot(info, () => CudaDevices.Open(info.Index)));
        return [Slot(cpu.Info, () => cpu), .. gpus];
    }

    private IReadOnlyList<DeviceInfo> FindGpus()
    {
        if (options.UsesNoGpu)
        {
            WithoutGpu = "Worker__Gpus is 'none'";
            return [];
        }

        var found = CudaDevices.Discover();
        if (options.ClaimsOneGpu && found.Devices.Count == 0) throw new SettingException($"Worker__Gpus: one: there is no GPU to claim: {found.WhyNone}");
        if (options.GpuIndices is { } indices) return [.. indices.Select(index => Named(index, found))];
        if (found.Devices.Count == 0) SayWithout(found.WhyNone ?? "");
        return found.Devices;
    }

    private DeviceInfo Named(int index, CudaDiscovery found) => found.Devices.FirstOrDefault(d => d.Index == index) ?? throw new SettingException(
        $"Worker__Gpus: {options.Gpus}: there is no GPU {index}: {found.WhyNone ?? $"this machine has {found.Devices.Count}, from 0"}");

    private void SayWithout(string reason)
    {
        WithoutGpu = reason;
        WorkerLog.WithoutGpu(logger, reason);
    }

    private SlotDevice Slot(DeviceInfo info, Func<IDevice> open)
    {
        WorkerLog.DeviceFound(logger, info.Type, info.Index, info.Name, info.Details);
        return new SlotDevice(info, open, time, logger);
    }
}
