using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cluster.Compute.Devices;

namespace Cluster.Compute.Memory;

/// <summary>
/// Blocks of floats that begin at a cache line, in the garbage collector's pinned heap: they never move, and one that is
/// forgotten is collected. Keeps at most as much free as was ever leased at once. Safe for several threads.
/// </summary>
internal sealed class CpuMemoryPool : IDisposable
{
    private const int LineBytes = 64;
    private const int LineFloats = LineBytes / sizeof(float);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Stack<ArraySegment<float>>> _free = [];
    private long _freeFloats;
    private long _leasedFloats;
    private long _mostLeased;
    private bool _isDisposed;

    /// <summary>At least <paramref name="length"/> floats of undefined content.</summary>
    /// <exception cref="DeviceException">There is not that much memory.</exception>
    public ArraySegment<float> Rent(int length)
    {
        var size = SizeClass(length);
        lock (_lock)
        {
            _leasedFloats += size;
            _mostLeased = Math.Max(_mostLeased, _leasedFloats);
            if (_free.TryGetValue(size, out var blocks) && blocks.TryPop(out var block))
            {
                _freeFloats -= size;
                return block;
            }
        }

        try
        {
            return Allocate(size);
        }
        catch (OutOfMemoryException failure)
        {
            lock (_lock)
                _leasedFloats -= size;
            throw new DeviceException($"The CPU has not {(long)size * sizeof(float):N0} bytes of memory left.", failure);
        }
    }

    public void Return(ArraySegment<float> block)
    {
        lock (_lock)
        {
            _leasedFloats -= block.Count;
            if (_isDisposed || _freeFloats + block.Count > _mostLeased) return;
            _freeFloats += block.Count;
            if (!_free.TryGetValue(block.Count, out var blocks))
                _free.Add(block.Count, blocks = new Stack<ArraySegment<float>>());
            blocks.Push(block);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _freeFloats = 0;
            _free.Clear();
        }
    }

    /// <summary>Four sizes for each doubling, whole cache lines.</summary>
    private static int SizeClass(int length)
    {
        var octave = 1L << BitOperations.Log2((uint)Math.Max(length, 1));
        var step = Math.Max(LineFloats, octave / 4);
        return (int)Math.Min((length + step - 1) / step * step, Array.MaxLength - LineFloats);
    }

    private static ArraySegment<float> Allocate(int size)
    {
        var array = GC.AllocateUninitializedArray<float>(size + LineFloats, pinned: true);
        var address = AddressOf(array);
        var offset = (int)((LineBytes - address % LineBytes) % LineBytes) / sizeof(float);
        return new ArraySegment<float>(array, offset, size);
    }

    private static unsafe nuint AddressOf(float[] pinned) =>
        (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
