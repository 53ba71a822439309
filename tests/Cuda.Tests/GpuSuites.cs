using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.DeviceSuite;

namespace Cluster.Cuda.Tests;

/// <summary>The suites of all devices on the first GPU: the binding, the driver and the PTX. Each skips before its test begins where there is none.</summary>
internal static class GpuDevice
{
    public static IDevice Open() => CudaDevices.Open(0);
}

public sealed class GpuElementTests : ElementSuite
{
    public GpuElementTests() => Drivers.RequireGpu();

    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuLayerTests : LayerSuite
{
    public GpuLayerTests() => Drivers.RequireGpu();

    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuMonteCarloTests : MonteCarloSuite
{
    public GpuMonteCarloTests() => Drivers.RequireGpu();

    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuContractTests : ContractSuite
{
    public GpuContractTests() => Drivers.RequireGpu();

    protected override IDevice OpenDevice() => GpuDevice.Open();
}

public sealed class GpuOptimizerTests : OptimizerSuite
{
    public GpuOptimizerTests() => Drivers.RequireGpu();

    protected override IDevice OpenDevice() => GpuDevice.Open();
}
