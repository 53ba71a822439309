using System.Runtime.InteropServices;
using System.Text;

namespace Cluster.DataPlane.Frames;

/// <summary>A frame that was received: a lease on a pooled buffer of exactly the frame's length.</summary>
/// <remarks>
/// Whoever took it from the stream disposes it, once or more often; from then on every access throws until the pool
/// hands it out again. So it is never kept beyond the <c>using</c> in which it is read.
/// </remarks>
public sealed class ReceivedFrame : IDisposable
{
    private readonly FramePool _pool;
    private readonly byte[] _memory;
    private int _length = -1;
    private FrameHeader _header;

    internal ReceivedFrame(FramePool pool, int capacity) => (_pool, _memory) = (pool, GC.AllocateUninitializedArray<byte>(capacity));

    internal int Capacity => _memory.Length;

    /// <summary>The whole frame.</summary>
    /// <exception cref="ObjectDisposedException">The frame was disposed.</exception>
    public Span<byte> Bytes
    {
        get
        {
            var length = Volatile.Read(ref _length);
            ObjectDisposedException.ThrowIf(length < 0, this);
            return _memory.AsSpan(0, length);
        }
    }

    public FrameHeader Header
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _length) < 0, this);
            return _header;
        }
    }

    /// <summary>The floats of the slice that are in this frame.</summary>
    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(Bytes[(FrameHeader.Size + (_header.Clocks * sizeof(long)))..]);

    public ReadOnlySpan<long> LaneClocks => MemoryMarshal.Cast<byte, long>(Bytes.Slice(FrameHeader.Size, _header.Clocks * sizeof(long)));

    /// <summary>The job's name in an Attach.</summary>
    public string ReadJob() => Encoding.UTF8.GetString(Bytes[FrameHeader.Size..]);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _length, -1) >= 0)
            _pool.Return(this);
    }

    internal void Open(int length) => Volatile.Write(ref _length, length);

    /// <summary>Reads and checks the header once the bytes are there.</summary>
    internal void Parse(bool goesUp)
    {
        var bytes = Bytes;
        _header = FrameHeader.Read(bytes);
        FrameCheck.Require(_header, bytes.Length - FrameHeader.Size, goesUp);
    }
}
