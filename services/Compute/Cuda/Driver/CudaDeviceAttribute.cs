namespace Cluster.Compute.Cuda.Driver;

/// <summary>What can be asked of a device, by the driver's numbers.</summary>
internal enum CudaDeviceAttribute
{
    ClockKilohertz = 13,
    Multiprocessors = 16,
    MemoryClockKilohertz = 36,
    MemoryBusBits = 37,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
}
