using Cluster.Compute.Cpu;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cluster.Worker.Tests.Slots;

internal static class TestDevices
{
    /// <summary>A CPU of one core.</summary>
    public static SlotDevice Cpu()
    {
        var cpu = new CpuDevice(cores: 1);
        return new SlotDevice(cpu.Info, () => cpu, TimeProvider.System, NullLogger.Instance);
    }
}
