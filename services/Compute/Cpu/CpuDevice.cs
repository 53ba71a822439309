using Cluster.Compute.Devices;
using Cluster.Compute.Memory;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Cpu;

/// <summary>
/// The CPU as a device. Owns its memory pool and the threads that help a stream's caller; streams may be used side by side, and
/// then the helpers go to whichever asks first, so that no more than the given cores and the callers compute.
/// </summary>
public sealed class CpuDevice : IDevice
{
    /// <param name="cores">Threads that compute one operation, its caller included; at least 1.</param>
    public CpuDevice(int cores) : this(cores, VectorWidths.Widest) { }

    internal CpuDevice(int cores, VectorWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        (Width, Info, Team) = (width, CpuDescription.InfoFor(cores, width), new ThreadTeam(cores));
    }

    public DeviceInfo Info { get; }

    internal VectorWidth Width { get; }

    internal CpuMemoryPool Memory { get; } = new();

    internal ThreadTeam Team { get; }

    internal bool IsDisposed { get; private set; }

    public IDeviceStream OpenStream()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new CpuStream(this);
    }

    /// <summary>Ends the helping threads and drops the memory; streams and buffers throw from then on.</summary>
    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Team.Dispose();
        Memory.Dispose();
    }
}
