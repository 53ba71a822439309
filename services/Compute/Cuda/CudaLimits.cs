using Cluster.Compute.Cuda.Driver;

namespace Cluster.Compute.Cuda;

/// <summary>What a GPU can do at most, from its clocks: to set measured times beside.</summary>
/// <param name="BytesPerSecond">Of its memory: two transfers a clock over the width of the bus; null where the driver does not say.</param>
/// <param name="FlopsPerSecond">Float32, a fused multiply-add as two: a fixed number of units a multiprocessor for each compute capability.</param>
public sealed record CudaLimits(double? BytesPerSecond, double? FlopsPerSecond)
{
    internal static CudaLimits Of(int device)
    {
        var memory = 2.0 * 1000 * CudaDevices.Attribute(device, CudaDeviceAttribute.MemoryClockKilohertz)
            * CudaDevices.Attribute(device, CudaDeviceAttribute.MemoryBusBits) / 8;
        var capability = (CudaDevices.Attribute(device, CudaDeviceAttribute.ComputeCapabilityMajor),
            CudaDevices.Attribute(device, CudaDeviceAttribute.ComputeCapabilityMinor));
        var flops = 2.0 * 1000 * CudaDevices.Attribute(device, CudaDeviceAttribute.ClockKilohertz)
            * CudaDevices.Attribute(device, CudaDeviceAttribute.Multiprocessors) * UnitsOf(capability);
        return new CudaLimits(memory > 0 ? memory : null, flops > 0 ? flops : null);
    }

    /// <summary>Float32 units of a multiprocessor (CUDA C++ Programming Guide, table of arithmetic throughput).</summary>
    private static int UnitsOf((int Major, int Minor) capability) => capability switch
    {
        (8, 0) => 64,
        ( >= 8, _) => 128,
        _ => 64,
    };
}
