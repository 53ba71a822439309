using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.DeviceSuite;

namespace Cluster.Cuda.Tests;

/// <summary>The suites of all devices on the test double: the binding, and the kernels compiled for the host.</summary>
internal static class DoubleDevice
{
    public static IDevice Open() => CudaDevices.Open(0);
}

public sealed class DoubleElementTests : ElementSuite
{
    public DoubleElementTests() => Drivers.Double();

    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleLayerTests : LayerSuite
{
    public DoubleLayerTests() => Drivers.Double();

    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleMonteCarloTests : MonteCarloSuite
{
    public DoubleMonteCarloTests() => Drivers.Double();

    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleContractTests : ContractSuite
{
    public DoubleContractTests() => Drivers.Double();

    protected override IDevice OpenDevice() => DoubleDevice.Open();
}

public sealed class DoubleOptimizerTests : OptimizerSuite
{
    public DoubleOptimizerTests() => Drivers.Double();

    protected override IDevice OpenDevice() => DoubleDevice.Open();
}
