using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Cuda.Memory;

/// <summary>A lease of device memory. Given back to the stream that rented it, whose later operations may use it at once.</summary>
internal sealed class CudaBuffer(CudaStream stream, CudaMemoryHandle? memory, int length) : DeviceBuffer(length)
{
    private CudaMemoryHandle? _memory = memory;
    private int _isReturned;

    public CudaDevice Device { get; } = stream.CudaDevice;

    /// <summary>Where the span begins; 0 for an empty buffer.</summary>
    /// <exception cref="ObjectDisposedException">The buffer has been given back.</exception>
    public ulong Address(DeviceSpan span)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isReturned) != 0, this);
        return _memory is { } held ? held.Address + sizeof(float) * (ulong)span.Offset : 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isReturned, 1) != 0) return;
        if (_memory is { } held) stream.Return(held);
        _memory = null;
    }
}
