using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;

namespace Cluster.DataPlane.Sending;

/// <summary>One version of a range that several senders send; it lets the version go when the last of them is done.</summary>
public sealed class PublishedSlice
{
    private readonly SlicePool _pool;
    private readonly long[] _clocks = new long[BlockTree.MaxLanes];
    private PooledVector? _vector;
    private int _clockCount;
    private HolderCount _holders;

    internal PublishedSlice(SlicePool pool) => _pool = pool;

    public SliceLabel Label { get; private set; }

    /// <summary>Where the segment ends that is open while it is served.</summary>
    public long End { get; private set; }

    /// <exception cref="ObjectDisposedException">Nobody holds the slice.</exception>
    public ReadOnlyMemory<float> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(!_holders.IsHeld, this);
            return _vector!.Memory;
        }
    }

    /// <summary>The lanes' clocks in asynchronous mode, else empty.</summary>
    public ReadOnlyMemory<long> LaneClocks => _clocks.AsMemory(0, _clockCount);

    /// <inheritdoc cref="PooledVector.Share"/>
    public void Share() => _holders.Add(this);

    /// <inheritdoc cref="PooledVector.Release"/>
    public void Release()
    {
        if (!_holders.Remove(this))
            return;
        _vector!.Release();
        _vector = null;
        _pool.Return(this);
    }

    internal void Open(SliceLabel label, long end, PooledVector vector, ReadOnlySpan<long> clocks)
    {
        vector.Share();
        _vector = vector;
        Label = label;
        End = end;
        clocks.CopyTo(_clocks);
        _clockCount = clocks.Length;
        _holders.Open();
    }
}

/// <summary>The slices under way to workers; as many as they can hold at once, made when they are first needed. Thread safe.</summary>
public sealed class SlicePool
{
    private readonly BoundedPool<PublishedSlice> _slices;

    /// <param name="capacity">Slices there may be: see <see cref="Capacity"/>.</param>
    public SlicePool(int capacity)
        => _slices = new BoundedPool<PublishedSlice>(capacity, "slices of the range", () => new PublishedSlice(this));

    /// <summary>What suffices: each stream has one slice being written and one queued, the owner has the newest and one in hand.</summary>
    public static int Capacity(int streams) => (2 * streams) + 2;

    /// <summary>Slices that someone holds.</summary>
    public int Rented => _slices.Rented;

    /// <summary>A slice with one holder that holds a version.</summary>
    /// <param name="label">Which version.</param>
    /// <param name="end">Where the segment ends that is open.</param>
    /// <param name="vector">Its floats; the slice becomes one more holder.</param>
    /// <param name="clocks">The lanes' clocks in asynchronous mode, else empty.</param>
    /// <exception cref="InvalidOperationException">More slices are held than the streams can hold.</exception>
    public PublishedSlice Rent(SliceLabel label, long end, PooledVector vector, ReadOnlySpan<long> clocks)
    {
        var slice = _slices.Rent();
        slice.Open(label, end, vector, clocks);
        return slice;
    }

    internal void Return(PublishedSlice slice) => _slices.Return(slice);
}
