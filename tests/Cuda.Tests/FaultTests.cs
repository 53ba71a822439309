using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;

namespace Cluster.Cuda.Tests;

/// <summary>What the driver can do wrong, injected by the test double.</summary>
public sealed class FaultTests
{
    private const int OutOfResources = 701;
    private const int LaunchFailed = 719;

    [Fact]
    public void Rent_NoMemoryLeft_NamesTheFunctionAndTheDeviceWorks()
    {
        var driver = Drivers.Double();
        using var device = CudaDevices.Open(0);
        using var stream = device.OpenStream();
        driver.Set("memory", 1 << 20);

        var error = Assert.Throws<CudaException>(() => stream.Rent(1 << 20));

        Assert.Equal("cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY (2)", error.Message);
        Assert.False(error.IsDeviceLost);
        Assert.Equal(3, Three(stream));
    }

    [Fact]
    public void Rent_MemoryIsIdle_GivesItBackAndTriesAgain()
    {
        var driver = Drivers.Double();
        using var device = CudaDevices.Open(0);
        using var stream = device.OpenStream();
        using (stream.Rent(1 << 20))
            driver.Set("memory", 6 << 20);
        stream.Synchronize();

        using var larger = stream.Rent((1 << 20) + (1 << 19));

        Assert.Equal(1, driver.Count("allocations"));
    }

    [Fact]
    public void Rent_MemoryIsReturnedToTheStream_WaitsAndTriesAgain()
    {
        var driver = Drivers.Double();
        driver.Set("memory", 6 << 20);
        using var device = CudaDevices.Open(0);
        using var stream = device.OpenStream();
        var first = stream.Rent(1 << 20);
        stream.Fill(first, 1);
        first.Dispose();

        using var larger = stream.Rent((1 << 20) + (1 << 19));

        Assert.Equal(1, driver.Count("allocations"));
    }

    [Fact]
    public void Upload_NoPinnedMemory_FailsAndTheDeviceWorks()
    {
        var driver = Drivers.Double();
        using var device = CudaDevices.Open(0);
        using var stream = device.OpenStream();
        using var buffer = stream.Rent(1);
        driver.Set("fail_pinned", 1);

        var error = Assert.Throws<CudaException>(() => stream.Upload([1f], buffer));

        Assert.Equal(("cuMemHostAlloc", 2), (error.Function, error.Code));
        Assert.Equal(3, Three(stream));
    }

    [Fact]
    public void Synchronize_LaunchRefused_ThrowsItOnceAndTheDeviceWorks()
    {
        var driver = Drivers.Double();
        using var device = CudaDevices.Open(0);
        using var stream = device.OpenStream();
        using var buffer = stream.Rent(10);
        driver.Set("launch_code", OutOfResources);
        stream.Add(buffer, buffer, buffer);

        var error = Assert.Throws<CudaException>(stream.Synchronize);

        Assert.Equal("cuLaunchKernel: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701)", error.Message);
        Assert.False(error.IsDeviceLost);
        Assert.Null(device.Lost);
        stream.Synchronize();
        Assert.Equal(3, Three(stream));
    }

    [Fact]
    public void Download_AnEarlierLaunchRefused_ThrowsIt()
    {
        var driver = Drivers.Double();
        using var device = CudaDevices.Open(0);
        using var stream = device.OpenStream();
        using var buffer = stream.Rent(2_000_000);
        driver.Set("launch_code", OutOfResources);
        stream.Scale(buffer, 2, buffer);

        var error = Assert.Throws<CudaException>(() => stream.Download(buffer, new float[buffer.Length]));

        Assert.Equal("cuLaunchKernel", error.Function);
    }

    [Fact]
    public void Download_ContextIsLost_EveryoneHearsItUntilItIsOpenedAnew()
    {
        var driver = Drivers.Double();
        using (var device = CudaDevices.Open(0))
        {
            using var stream = device.OpenStream();
            using var other = device.OpenStream();
            using var buffer = stream.Rent(10);
            driver.Set("lost_code", LaunchFailed);
            stream.Add(buffer, buffer, buffer);

            var error = Assert.Throws<CudaException>(() => stream.Download(buffer, new float[10]));

            Assert.True(error.IsDeviceLost);
            Assert.Contains("CUDA_ERROR_LAUNCH_FAILED (719)", error.Message, StringComparison.Ordinal);
            Assert.True(Assert.Throws<CudaException>(other.Synchronize).IsDeviceLost);
            Assert.True(Assert.Throws<CudaException>(() => stream.Fill(buffer, 0)).IsDeviceLost);
            Assert.True(Assert.Throws<CudaException>(device.OpenStream).IsDeviceLost);
            Assert.NotNull(device.Lost);
        }

        AssertNothingIsLeft(driver);
        using var again = CudaDevices.Open(0);
        using var works = again.OpenStream();
        Assert.Equal(3, Three(works));
    }

    [Fact]
    public void Synchronize_NeverDone_CountsAsLostAfterTheLimit()
    {
        var driver = Drivers.Double();
        using var device = CudaDevices.Open(0, new CudaOptions { OperationLimit = TimeSpan.FromSeconds(1) });
        using var stream = device.OpenStream();
        using var buffer = stream.Rent(10);
        driver.Set("hang", 1);
        stream.Fill(buffer, 1);

        var error = Assert.Throws<CudaException>(stream.Synchronize);

        Assert.True(error.IsDeviceLost);
        Assert.Contains("not done after 1 s", error.Message, StringComparison.Ordinal);
        Assert.True(Assert.Throws<CudaException>(device.OpenStream).IsDeviceLost);
    }

    [Fact]
    public void Dispose_DeviceFirst_LeavesNothingBehind()
    {
        var driver = Drivers.Double();
        var device = CudaDevices.Open(0);
        var stream = device.OpenStream();
        var buffer = stream.Rent(100);
        Assert.Equal(3, Three(stream));

        device.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Fill(buffer, 1));
        Assert.Throws<ObjectDisposedException>(device.OpenStream);
        stream.Dispose();
        buffer.Dispose();
        AssertNothingIsLeft(driver);
    }

    private static float Three(IDeviceStream stream)
    {
        using var buffer = stream.Rent(1);
        stream.Upload([1f], buffer);
        stream.Scale(buffer, 3, buffer);
        var result = new float[1];
        stream.Download(buffer, result);
        return result[0];
    }

    private static void AssertNothingIsLeft(CudaDouble.CudaDoubleDriver driver)
    {
        foreach (var what in new[] { "allocations", "pinned", "streams", "events", "modules", "contexts" })
            Assert.True(driver.Count(what) == 0, $"{driver.Count(what)} {what} are left");
    }
}
