using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.DeviceSuite;

namespace Cluster.Cuda.Tests;

/// <summary>The suites of all devices on the test double: the binding, and the kernels compiled for the host.</summary>
internal static class DoubleDevice
{
    public static IDevice Open()
    {
        Drivers.Double();
        return CudaDevices.Open(0);
    }
}

public sealed class DoubleElementTests : ElementSuite
{
    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleLayerTests : LayerSuite
{
    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleMonteCarloTests : MonteCarloSuite
{
    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleContractTests : ContractSuite
{
    protected override IDevice OpenDevice() => DoubleDevice.Open();
}
