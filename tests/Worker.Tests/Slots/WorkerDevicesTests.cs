using Cluster.Compute.Cuda;
using Cluster.Contracts.Devices;
using Cluster.ServiceDefaults.Configuration;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cluster.Worker.Tests.Slots;

/// <summary>What a worker opens of the GPUs of the driver's test double.</summary>
[Collection(nameof(TestGpu))]
public sealed class WorkerDevicesTests
{
    [Fact]
    public void Open_OneClaimed_OpensThatOneAlone()
    {
        var driver = TestGpu.Driver();
        driver.Set("devices", 2);
        try
        {
            var devices = Devices("one");
            Assert.Equal([0, 1], devices.Gpus.Select(gpu => gpu.Index));
            Assert.Equal(2, devices.Gpus.Select(gpu => gpu.Uuid).Distinct().Count());
            Assert.Equal("GPU-54455354-2044-4f55-424c-450000000001", devices.Gpus[1].Uuid);

            devices.KeepTo(devices.Gpus[1]);
            var opened = devices.Open(position: 0, tasks: 1);
            Assert.Equal([(DeviceType.Cpu, 0), (DeviceType.Gpu, 1)], opened.Select(device => (device.Info.Type, device.Info.Index)));
            Assert.All(opened, device => device.Dispose());
        }
        finally
        {
            driver.Set("devices", 1);
        }
    }

    [Fact]
    public void Gpus_NoneAllowed_AreNotLookedFor()
    {
        var devices = Devices("none");
        Assert.Empty(devices.Gpus);
        Assert.Equal("Worker__Gpus is 'none'", devices.WithoutGpu);
    }

    [Theory]
    [InlineData("one", "Worker__Gpus: one: there is no GPU to claim: There is an NVIDIA driver, for CUDA 12.4, and no device.")]
    [InlineData("3", "Worker__Gpus: 3: there is no GPU 3: There is an NVIDIA driver, for CUDA 12.4, and no device.")]
    public void Gpus_MachineWithoutAny_SaysWhyAtOnce(string setting, string expected)
    {
        var driver = TestGpu.Driver();
        driver.Set("devices", 0);
        try
        {
            Assert.Equal(expected, Assert.Throws<SettingException>(() => Devices(setting).Gpus).Message);
            Assert.Empty(Devices("all").Gpus);
        }
        finally
        {
            driver.Set("devices", 1);
            Assert.Null(CudaDevices.Discover().WhyNone);
        }
    }

    private static WorkerDevices Devices(string gpus)
        => new(new WorkerOptions { Gpus = gpus, Cores = 1 }, TimeProvider.System, NullLogger<WorkerDevices>.Instance);
}
