using Cluster.Compute.Optimizers;

namespace Cluster.Protocol.Parameters;

/// <summary>A range of parameters in its two latest versions, its slots, and the number of examples it contains.</summary>
internal sealed class ParameterRange(int length, Optimizer optimizer)
{
    private readonly float[][] _versions =
        [GC.AllocateArray<float>(length, pinned: true), GC.AllocateArray<float>(length, pinned: true)];

    private readonly float[] _slots = GC.AllocateArray<float>(length * optimizer.Slots, pinned: true);
    private bool _hasPrevious;

    /// <summary>Updates applied since the first parameters.</summary>
    public long Version { get; private set; }

    /// <summary>Examples contributed to these parameters, counted when they are applied.</summary>
    public long Examples { get; private set; }

    public Span<float> Current => _versions[Version & 1];

    /// <summary>One slot after the other.</summary>
    public Span<float> Slots => _slots;

    /// <summary>Makes what <see cref="Current"/> and <see cref="Slots"/> hold the only version.</summary>
    public void Restart(long version, long examples)
    {
        if ((version & 1) != (Version & 1))
            Current.CopyTo(_versions[version & 1]);
        Version = version;
        Examples = examples;
        _hasPrevious = false;
    }

    public bool TryGet(long version, out ReadOnlySpan<float> parameters)
    {
        bool held = version == Version || (_hasPrevious && version == Version - 1);
        parameters = held ? _versions[version & 1] : [];
        return held;
    }

    /// <summary>Applies a summed gradient into the older version's memory; no gradient where no lane has an example.</summary>
    /// <returns>Whether all is finite.</returns>
    public bool Step(StagedGradient? gradient, long examples, UpdateTime time)
    {
        Span<float> next = _versions[(Version + 1) & 1];
        bool finite = true;
        if (gradient is null)
            Current.CopyTo(next);
        else
            finite = optimizer.Apply(Current, next, _slots, gradient.Values, examples, time);
        Version++;
        Examples += examples;
        _hasPrevious = true;
        return finite;
    }
}
