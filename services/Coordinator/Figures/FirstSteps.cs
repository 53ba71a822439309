namespace Cluster.Coordinator.Figures;

/// <summary>How long a step takes, measured over the first ones of a job: what its user is told to expect.</summary>
/// <remarks>A chief that takes a job over measures anew, from the clock that it finds. Owned by one runner.</remarks>
internal sealed class FirstSteps(TimeProvider time)
{
    /// <summary>Steps of a first segment; jobs of fewer are measured as a whole.</summary>
    private const long Enough = 32;

    private long _from = -1;
    private long _since;

    /// <summary>Steps measured; 0 before there are enough.</summary>
    public long Count { get; private set; }

    /// <summary>Seconds a step, with all that comes before the first one once the ps tasks serve.</summary>
    public double SecondsPerStep { get; private set; }

    /// <param name="clock">The clock of the slowest lane now.</param>
    public void Observe(long clock)
    {
        if (Count > 0) return;
        if (_from < 0 || clock < _from)
        {
            (_from, _since) = (clock, time.GetTimestamp());
            return;
        }

        if (clock - _from < Enough) return;
        Count = clock - _from;
        SecondsPerStep = time.GetElapsedTime(_since).TotalSeconds / Count;
    }
}
