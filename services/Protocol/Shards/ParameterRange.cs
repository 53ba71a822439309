using Cluster.Compute.Optimizers;

namespace Cluster.Protocol.Shards;

/// <summary>A range of parameters in its latest versions, its slots, and the number of examples it contains.</summary>
/// <remarks>A version is never written again: whoever sends or stores it shares it instead of copying it.</remarks>
internal sealed class ParameterRange(int length, Optimizer optimizer, VectorPool vectors)
{
    private readonly float[] _slots = GC.AllocateArray<float>(length * optimizer.Slots, pinned: true);
    private PooledVector _current = vectors.Rent();
    private PooledVector? _previous;

    /// <summary>Updates applied since the first parameters.</summary>
    public long Version { get; private set; }

    /// <summary>Examples contributed to these parameters, counted when they are applied.</summary>
    public long Examples { get; private set; }

    /// <summary>The newest version, for one more holder only to read.</summary>
    public PooledVector Current => _current;

    /// <summary>One slot after the other.</summary>
    public Span<float> Slots => _slots;

    /// <summary>Lets all versions go and takes memory that nobody reads, to load others into.</summary>
    public void Renew()
    {
        DropPrevious();
        var next = vectors.Rent();
        _current.Release();
        _current = next;
    }

    /// <summary>Makes what <see cref="Current"/> and <see cref="Slots"/> hold the only version.</summary>
    public void Restart(long version, long examples)
    {
        DropPrevious();
        Version = version;
        Examples = examples;
    }

    public bool TryGet(long version, out PooledVector vector)
    {
        var isPrevious = version == Version - 1 && _previous is not null;
        vector = isPrevious ? _previous! : _current;
        return isPrevious || version == Version;
    }

    /// <summary>Forgets the version before the newest.</summary>
    public void DropPrevious()
    {
        _previous?.Release();
        _previous = null;
    }

    /// <summary>Applies a summed gradient in place: its memory becomes the next version. No gradient where no lane has an example.</summary>
    /// <returns>Whether all is finite.</returns>
    public bool Step(PooledVector? gradient, long examples, UpdateTime time)
    {
        DropPrevious();
        var next = gradient ?? _current;
        var finite = gradient is null || optimizer.Apply(_current.Values, next.Values, _slots, gradient.Values, examples, time);
        next.Share();
        (_previous, _current) = (_current, next);
        Version++;
        Examples += examples;
        return finite;
    }
}
