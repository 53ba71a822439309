using Cluster.Protocol.Lanes;
using Cluster.Protocol.Parameters;

namespace Cluster.DataPlane.Sending;

/// <summary>A copy of one version of a range that several senders send; it goes back to its pool when the last of them is done.</summary>
public sealed class PublishedSlice
{
    private readonly SlicePool _pool;
    private readonly float[] _values;
    private readonly long[] _clocks = new long[BlockTree.MaxLanes];
    private int _clockCount;
    private int _references;

    internal PublishedSlice(SlicePool pool, int length) => (_pool, _values) = (pool, GC.AllocateUninitializedArray<float>(length, pinned: true));

    public SliceLabel Label { get; private set; }

    public ReadOnlyMemory<float> Values
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _references) <= 0, this);
            return _values;
        }
    }

    /// <summary>The lanes' clocks in asynchronous mode, else empty.</summary>
    public ReadOnlyMemory<long> LaneClocks => _clocks.AsMemory(0, _clockCount);

    /// <summary>Fills it; before anyone else has it.</summary>
    public void Fill(SliceLabel label, ReadOnlySpan<float> values, ReadOnlySpan<long> clocks)
    {
        Label = label;
        values.CopyTo(_values);
        clocks.CopyTo(_clocks);
        _clockCount = clocks.Length;
    }

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
        if (left == 0)
            _pool.Return(this);
    }

    internal void Open() => Volatile.Write(ref _references, 1);
}

/// <summary>The copies of a range under way to workers; as many as they can hold at once, made when they are first needed. Thread safe.</summary>
/// <param name="length">Floats of the range.</param>
/// <param name="capacity">Copies there may be: see <see cref="Capacity"/>.</param>
public sealed class SlicePool(int length, int capacity)
{
    private readonly Lock _gate = new();
    private readonly Stack<PublishedSlice> _free = new();
    private int _made;

    /// <summary>What suffices: each stream has one copy being written and one queued, the owner has the newest and one in hand.</summary>
    public static int Capacity(int streams) => (2 * streams) + 2;

    /// <summary>Copies that someone holds.</summary>
    public int Rented
    {
        get
        {
            lock (_gate) return _made - _free.Count;
        }
    }

    /// <summary>A copy with one reference and undefined content.</summary>
    /// <exception cref="InvalidOperationException">More copies are held than the streams can hold.</exception>
    public PublishedSlice Rent()
    {
        PublishedSlice? slice;
        lock (_gate)
        {
            if (!_free.TryPop(out slice))
            {
                if (_made == capacity)
                    throw new InvalidOperationException($"All {capacity} copies of the range are held.");
                _made++;
            }
        }

        slice ??= new PublishedSlice(this, length);
        slice.Open();
        return slice;
    }

    internal void Return(PublishedSlice slice)
    {
        lock (_gate) _free.Push(slice);
    }
}
