using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;

namespace Cluster.SelfTest;

/// <summary>What a run found.</summary>
/// <param name="Devices">Those that were tested, the CPU first.</param>
/// <param name="WhyNoGpu">One line where no GPU was tested, else null. The test double of the driver is none.</param>
internal sealed record SelfTestReport(IReadOnlyList<DeviceReport> Devices, string? WhyNoGpu)
{
    public bool IsPassed => Devices.All(device => device.IsPassed);
}

/// <summary>What was found on one device.</summary>
/// <param name="Info">The device.</param>
/// <param name="Checks">In the order in which they ran.</param>
/// <param name="Timings">Empty where none were asked for or the device failed.</param>
/// <param name="Failure">Why the device could not be opened or measured; null where it could.</param>
internal sealed record DeviceReport(DeviceInfo Info, IReadOnlyList<CheckResult> Checks, IReadOnlyList<Timing> Timings, string? Failure)
{
    public bool IsTestDouble => CudaDevices.IsTestDouble(Info);

    public bool IsPassed => Failure is null && Checks.All(check => check.Error is null);
}

/// <summary>Whether a kernel gives the bits of its definition.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Values">How many results were compared.</param>
/// <param name="Error">The first that differs, or what went wrong; null where all are equal.</param>
internal sealed record CheckResult(string Name, int Values, string? Error);

/// <summary>How fast a kernel is.</summary>
/// <param name="Name">The operation and its size.</param>
/// <param name="PerSecond">Median of the repetitions.</param>
/// <param name="Unit">What is counted: B, flop, points, paths.</param>
/// <param name="Limit">What the device could do of it at most, by its own figures; null where these are not known.</param>
internal sealed record Timing(string Name, double PerSecond, string Unit, double? Limit);
