using System.Runtime.InteropServices;
using Cluster.Compute.Cuda;
using Cluster.CudaDouble;

namespace Cluster.Cuda.Tests;

/// <summary>
/// The driver of this process, which loads one for good: NVIDIA's where there is one with a device, else the test double.
/// CLUSTER_TEST_CUDA=double takes the test double in any case.
/// </summary>
internal static class Drivers
{
    private const string Variable = "CLUSTER_TEST_CUDA";

    private static readonly Lazy<(CudaDoubleDriver? Double, string WhyNotDouble, string? WhyNoGpu)> Loaded = new(Load);

    /// <summary>The controls of the test double, in its first state. Skips the test where it is not this process's driver.</summary>
    public static CudaDoubleDriver Double()
    {
        var driver = Loaded.Value.Double;
        if (driver is null) Assert.Skip(Loaded.Value.WhyNotDouble);
        foreach (var (name, value) in new[] { ("devices", 1L), ("driver_version", 12040), ("memory", 1 << 30) })
            driver.Set(name, value);
        foreach (var fault in new[]
            { "init_code", "fail_allocations", "fail_pinned", "launch_code", "launch_code_after", "lost_code", "lost_code_after", "hang" })
            driver.Set(fault, 0);
        return driver;
    }

    /// <summary>Skips the test where there is no GPU; the test double is none.</summary>
    public static void RequireGpu()
    {
        if (Loaded.Value.WhyNoGpu is { } why) Assert.Skip(why);
    }

    private static (CudaDoubleDriver? Double, string WhyNotDouble, string? WhyNoGpu) Load()
    {
        var whyNoGpu = Environment.GetEnvironmentVariable(Variable) == "double" ? $"{Variable} is 'double'." : LookForGpu();
        if (whyNoGpu is null) return (null, $"This process runs on a GPU; set {Variable}=double to run on the test double.", null);
        var driver = CudaDoubleDriver.TryLoad(out var reason);
        return (driver, reason, whyNoGpu);
    }

    private static string? LookForGpu()
    {
        // Asked without a call of the binding where there is no library: the first call settles which one is used.
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out _))
            return "No NVIDIA driver is installed.";
        return CudaDevices.Discover().WhyNone;
    }
}
