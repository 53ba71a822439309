using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.DeviceSuite;

namespace Cluster.Cuda.Tests;

/// <summary>The suites of all devices on the first GPU: the binding, the driver and the PTX. Skipped where there is none.</summary>
internal static class GpuDevice
{
    public static IDevice Open()
    {
        Drivers.RequireGpu();
        return CudaDevices.Open(0);
    }
}

public sealed class GpuElementTests : ElementSuite
{
    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuLayerTests : LayerSuite
{
    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuMonteCarloTests : MonteCarloSuite
{
    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuContractTests : ContractSuite
{
    protected override IDevice OpenDevice() => GpuDevice.Open();
}
