using Cluster.Compute.Devices;

namespace Cluster.Compute.Cpu;

/// <summary>A lease of the CPU's memory; gives it back once, however often it is disposed.</summary>
internal sealed class CpuBuffer(CpuDevice device, ArraySegment<float> block, int length) : DeviceBuffer(length)
{
    private int _isReturned;

    public CpuDevice Device { get; } = device;

    /// <exception cref="ObjectDisposedException">The buffer or its device has been disposed.</exception>
    public ArraySegment<float> Slice(DeviceSpan span)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isReturned) != 0, this);
        ObjectDisposedException.ThrowIf(Device.IsDisposed, Device);
        return block.Slice(span.Offset, span.Length);
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            Device.Memory.Return(block);
    }
}
