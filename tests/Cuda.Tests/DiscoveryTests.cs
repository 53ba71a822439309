using Cluster.Compute.Cuda;
using Cluster.Contracts.Devices;

namespace Cluster.Cuda.Tests;

public sealed class DiscoveryTests
{
    [Fact]
    public void Discover_TestDouble_SaysWhatItIs()
    {
        Drivers.Double();

        var found = CudaDevices.Discover();

        Assert.Null(found.WhyNone);
        var device = Assert.Single(found.Devices);
        Assert.Equal("TEST DOUBLE (no GPU)", device.Name);
        Assert.True(CudaDevices.IsTestDouble(device));
        Assert.Equal((DeviceType.Gpu, 0, 1L << 30, 2), (device.Type, device.Index, device.MemoryBytes, device.Units));
        Assert.Equal("compute capability 8.0, driver for CUDA 12.4", device.Details);
    }

    [Fact]
    public void Discover_TwoDevices_NumbersThem()
    {
        Drivers.Double().Set("devices", 2);

        Assert.Equal([0, 1], CudaDevices.Discover().Devices.Select(device => device.Index));
    }

    [Theory]
    [InlineData("devices", 0, "There is an NVIDIA driver, for CUDA 12.4, and no device.")]
    [InlineData("driver_version", 10020, "The NVIDIA driver is too old: it is for CUDA 10.2, 11.0 is needed.")]
    [InlineData("init_code", 803, "The NVIDIA driver does not work: cuInit: CUDA_ERROR_SYSTEM_DRIVER_MISMATCH (803)")]
    [InlineData("init_code", 12345, "The NVIDIA driver does not work: cuInit: an error that the driver has no name for (12345)")]
    public void Discover_NothingUsable_SaysWhyInOneLine(string setting, long value, string why)
    {
        Drivers.Double().Set(setting, value);

        var found = CudaDevices.Discover();

        Assert.Empty(found.Devices);
        Assert.Equal(why, found.WhyNone);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Open_NoSuchDevice_NamesTheLimit(int index)
    {
        Drivers.Double();

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CudaDevices.Open(index));

        Assert.Contains("There are 1 CUDA devices, from 0.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoDevice_SaysWhy()
    {
        Drivers.Double().Set("devices", 0);

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CudaDevices.Open(0));

        Assert.Contains("and no device", error.Message, StringComparison.Ordinal);
    }
}
