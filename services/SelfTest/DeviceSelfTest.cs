using Cluster.Compute.Cpu;
using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;

namespace Cluster.SelfTest;

/// <summary>Tests the CPU and each CUDA device of this machine.</summary>
internal sealed class DeviceSelfTest(int seed, bool measures)
{
    public SelfTestReport Run()
    {
        var cuda = CudaDevices.Discover();
        var reports = new List<DeviceReport>();
        using (var cpu = new CpuDevice(Environment.ProcessorCount))
            reports.Add(Test(cpu, null));
        foreach (var info in cuda.Devices)
            reports.Add(TestCuda(info));

        var why = cuda.WhyNone;
        if (why is null && reports.All(report => report.Info.Type != DeviceType.Gpu || report.IsTestDouble))
            why = "The CUDA driver is the test double, which is no GPU: it runs the kernels compiled for the host.";
        return new SelfTestReport(reports, why);
    }

    private DeviceReport TestCuda(DeviceInfo info)
    {
        try
        {
            using var device = CudaDevices.Open(info.Index);
            return Test(device, device.Limits);
        }
        catch (DeviceException failure)
        {
            return new DeviceReport(info, [], [], failure.Message);
        }
    }

    private DeviceReport Test(IDevice device, CudaLimits? limits)
    {
        var checks = new List<CheckResult>();
        try
        {
            foreach (var check in KernelChecks.All)
                checks.Add(check.Run(device, seed));
            var timings = measures && checks.All(check => check.Error is null) ? Timings.Measure(device, limits) : [];
            return new DeviceReport(device.Info, checks, timings, null);
        }
        catch (DeviceException failure)
        {
            return new DeviceReport(device.Info, checks, [], failure.Message);
        }
    }
}
