using Cluster.Compute.Cpu;
using Cluster.Compute.Devices;
using Cluster.Compute.Threads;
using Cluster.DeviceSuite;

namespace Cluster.Compute.Tests.Cpu;

public sealed class CpuElementTests : ElementSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2);
}

public sealed class CpuMonteCarloTests : MonteCarloSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2);
}

public sealed class CpuContractTests : ContractSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2);
}

public sealed class CpuOptimizerTests : OptimizerSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2);
}

public sealed class CpuLayerTests : LayerSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2);
}

public sealed class CpuLayerOneCoreTests : LayerSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(1);
}

public sealed class CpuLayerSevenCoresTests : LayerSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(7);
}

/// <summary>What Arm64 runs, whose vectors have 128 bits.</summary>
public sealed class CpuLayer128Tests : LayerSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2, VectorWidth.Bits128);
}

public sealed class CpuLayer256Tests : LayerSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2, VectorWidth.Bits256);
}

public sealed class CpuMonteCarlo128Tests : MonteCarloSuite
{
    protected override IDevice OpenDevice() => new CpuDevice(2, VectorWidth.Bits128);
}
