namespace Cluster.Protocol.Shards;

/// <summary>Floats of a range in memory that goes round: a gradient on its way from the wire, then the version that it has become,
/// then free for another gradient.</summary>
/// <remarks>Who rents it may write it until it is shared; from then on all only read. It goes back to its pool when the last holder lets go,
/// on whatever thread.</remarks>
public sealed class PooledVector
{
    private readonly VectorPool _pool;
    private readonly float[] _values;
    private HolderCount _holders;

    internal PooledVector(VectorPool pool, int length) => (_pool, _values) = (pool, GC.AllocateArray<float>(length, pinned: true));

    public Span<float> Values => _values;

    /// <summary>For a socket to receive into or to send from.</summary>
    public Memory<float> Memory => _values;

    /// <summary>Adds a holder.</summary>
    /// <exception cref="ObjectDisposedException">Nobody holds it.</exception>
    public void Share() => _holders.Add(this);

    /// <summary>One holder lets go.</summary>
    /// <exception cref="ObjectDisposedException">Nobody holds it.</exception>
    public void Release()
    {
        if (_holders.Remove(this))
            _pool.Return(this);
    }

    internal void Open() => _holders.Open();
}
