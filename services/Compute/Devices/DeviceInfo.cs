using Cluster.Contracts.Devices;

namespace Cluster.Compute.Devices;

/// <summary>What a device is, for people and for placement.</summary>
/// <param name="Type">CPU or GPU.</param>
/// <param name="Index">Index within the process, for its type.</param>
/// <param name="Name">The maker's name: <c>NVIDIA H100 80GB HBM3</c>.</param>
/// <param name="MemoryBytes">Bytes that its kernels can use.</param>
/// <param name="Units">Cores of a CPU that one item may use, multiprocessors of a GPU.</param>
/// <param name="Details">What else tells it apart, one line: vector width, compute capability and driver version.</param>
public sealed record DeviceInfo(DeviceType Type, int Index, string Name, long MemoryBytes, int Units, string Details)
{
    /// <summary>The same GPU to every process, whatever index it has there: <c>GPU-8d5c…</c>, as nvidia-smi writes it; empty for a CPU.</summary>
    public string Uuid { get; init; } = "";
}
