namespace Cluster.Protocol.Shards;

/// <summary>A ps task's state at a segment boundary, kept until the commit that names it is durable: the version itself, and a copy of the slots.</summary>
public sealed class Snapshot
{
    private readonly float[] _slots;
    private PooledVector? _parameters;

    internal Snapshot(int length, int slots) => _slots = new float[length * slots];

    /// <summary>The clock of all lanes in this state; -1 when no state is held.</summary>
    public long Clock { get; private set; } = -1;

    /// <summary>Examples that the state contains.</summary>
    public long Examples { get; private set; }

    /// <summary>Whether it was written under its key.</summary>
    public bool IsWritten { get; private set; }

    public bool IsHeld => _parameters is not null;

    /// <summary>Empty when no state is held.</summary>
    public ReadOnlySpan<float> Parameters => _parameters is { } held ? held.Values : [];

    /// <summary>One slot after the other.</summary>
    public ReadOnlySpan<float> Slots => _slots;

    /// <summary>Notes that the state at this clock was written.</summary>
    public void MarkWritten(long clock) => IsWritten |= clock == Clock;

    /// <summary>Notes that the store no longer has it: it is to be written again.</summary>
    public void MarkLost(long clock) => IsWritten &= clock != Clock;

    internal void Take(ParameterRange range, long clock)
    {
        range.Current.Share();
        _parameters = range.Current;
        range.Slots.CopyTo(_slots);
        Clock = clock;
        Examples = range.Examples;
        IsWritten = false;
    }

    internal void Release()
    {
        _parameters?.Release();
        _parameters = null;
        Clock = -1;
        IsWritten = false;
    }
}
