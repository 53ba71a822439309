using Cluster.Compute.Cuda;
using Cluster.CudaDouble;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.Worker.Tests.Slots;

/// <summary>
/// A slot's device on the driver's test double, which is no GPU: it runs the kernels' source on the host. Its time stands
/// still until <see cref="RecoverAsync"/> lets the pauses pass that a lost device waits for.
/// </summary>
internal sealed class TestGpu
{
    private static readonly Lazy<(CudaDoubleDriver? Driver, string Reason)> Loaded = new(() => (CudaDoubleDriver.TryLoad(out var reason), reason));
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private int _opened;

    public TestGpu()
    {
        Device = new SlotDevice(CudaDevices.Discover().Devices[0], Open, _time, NullLogger.Instance);
    }

    public SlotDevice Device { get; }

    /// <summary>Times that it was opened.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>The double's controls, without faults. Skips the test where there is no compiler, or another driver.</summary>
    public static CudaDoubleDriver Driver()
    {
        var driver = Loaded.Value.Driver;
        if (driver is null) Assert.Skip(Loaded.Value.Reason);
        foreach (var fault in (string[])["launch_code", "launch_code_after", "lost_code", "lost_code_after"]) driver.Set(fault, 0);
        Assert.True(CudaDevices.IsTestDouble(CudaDevices.Discover().Devices[0]), "this process has another CUDA driver than the test double");
        return driver;
    }

    /// <summary>Waits until the device that was lost is open again.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while (!Device.IsHealthy)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }
    }

    private CudaDevice Open()
    {
        Interlocked.Increment(ref _opened);
        return CudaDevices.Open(0);
    }
}
