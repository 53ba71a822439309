namespace Cluster.Compute.Devices;

/// <summary>
/// Float32 memory of one device, leased from its pool. Its owner disposes it once, which gives the memory back when the
/// operations that were enqueued before are done; using it afterwards throws <see cref="ObjectDisposedException"/>.
/// </summary>
public abstract class DeviceBuffer : IDisposable
{
    private protected DeviceBuffer(int length) => Length = length;

    /// <summary>Floats in it, at least 0.</summary>
    public int Length { get; }

    /// <summary>The part [<paramref name="offset"/>, offset + <paramref name="length"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the buffer.</exception>
    public DeviceSpan Slice(int offset, int length) => new(this, offset, length);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
