using Cluster.Protocol.Lanes;
using Cluster.Protocol.Parameters;

namespace Cluster.DataPlane.Sending;

/// <summary>One version of a range that several senders send; it lets the version go when the last of them is done.</summary>
public sealed class PublishedSlice
{
    private readonly SlicePool _pool;
    private readonly long[] _clocks = new long[BlockTree.MaxLanes];
    private PooledVector? _vector;
    private int _clockCount;
    private int _references;

    internal PublishedSlice(SlicePool pool) => _pool = pool;

    public SliceLabel Label { get; private set; }

    /// <exception cref="ObjectDisposedException">Nobody holds the slice.</exception>
    public ReadOnlyMemory<float> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);
            return _vector!.Memory;
        }
    }

    /// <summary>The lanes' clocks in asynchronous mode, else empty.</summary>
    public ReadOnlyMemory<long> LaneClocks => _clocks.AsMemory(0, _clockCount);

    public void AddReference()
    {
        int references = Interlocked.Increment(ref _references);
        ObjectDisposedException.ThrowIf(references <= 1, this);
    }

    /// <summary>Gives one reference back.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        ObjectDisposedException.ThrowIf(left < 0, this);
        if (left > 0)
            return;
        _vector!.Release();
        _vector = null;
        _pool.Return(this);
    }

    internal void Open(SliceLabel label, PooledVector vector, ReadOnlySpan<long> clocks)
    {
        vector.Share();
        _vector = vector;
        Label = label;
        clocks.CopyTo(_clocks);
        _clockCount = clocks.Length;
        Volatile.Write(ref _references, 1);
    }
}

/// <summary>The slices under way to workers; as many as they can hold at once, made when they are first needed. Thread safe.</summary>
/// <param name="capacity">Slices there may be: see <see cref="Capacity"/>.</param>
public sealed class SlicePool(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Stack<PublishedSlice> _free = new();
    private int _made;

    /// <summary>What suffices: each stream has one slice being written and one queued, the owner has the newest and one in hand.</summary>
    public static int Capacity(int streams) => (2 * streams) + 2;

    /// <summary>Slices that someone holds.</summary>
    public int Rented
    {
        get
        {
            lock (_gate) return _made - _free.Count;
        }
    }

    /// <summary>A slice with one reference that holds a version.</summary>
    /// <param name="label">Which version.</param>
    /// <param name="vector">Its floats; the slice becomes one more holder.</param>
    /// <param name="clocks">The lanes' clocks in asynchronous mode, else empty.</param>
    /// <exception cref="InvalidOperationException">More slices are held than the streams can hold.</exception>
    public PublishedSlice Rent(SliceLabel label, PooledVector vector, ReadOnlySpan<long> clocks)
    {
        ArgumentNullException.ThrowIfNull(vector);
        PublishedSlice? slice;
        lock (_gate)
        {
            if (!_free.TryPop(out slice))
            {
                if (_made == capacity)
                    throw new InvalidOperationException($"All {capacity} slices of the range are held.");
                _made++;
            }
        }

        slice ??= new PublishedSlice(this);
        slice.Open(label, vector, clocks);
        return slice;
    }

    internal void Return(PublishedSlice slice)
    {
        lock (_gate) _free.Push(slice);
    }
}
