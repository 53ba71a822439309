namespace Cluster.Protocol.Shards;

/// <summary>Measures the <see cref="SegmentPace"/> of one ps task. Without a clock: the time is handed in. No call allocates.</summary>
internal sealed class PaceMeter
{
    private TimeSpan? _freeAt;
    private TimeSpan _begunAt;
    private TimeSpan? _firstAt;
    private TimeSpan _lastAt;
    private long _firstClock;
    private long _lastClock;

    public SegmentPace Pace => _firstAt is { } first ? new(_lastClock - _firstClock, _lastAt - first, first - _begunAt) : default;

    /// <summary>Forgets all, as another state is served from now on.</summary>
    public void Restart() => (_freeAt, _firstAt) = (null, null);

    /// <summary>The state at the end of the segment is copied: nothing but the next segment is missing.</summary>
    public void Free(TimeSpan now) => _freeAt ??= now;

    /// <summary>The next segment is open.</summary>
    public void Open(TimeSpan now) => (_begunAt, _freeAt, _firstAt) = (_freeAt ?? now, null, null);

    /// <summary>The slowest lane went on.</summary>
    /// <param name="clock">Its clock now.</param>
    /// <param name="now">The time.</param>
    public void Move(long clock, TimeSpan now)
    {
        if (_firstAt is null) (_firstAt, _firstClock) = (now, clock);
        (_lastAt, _lastClock) = (now, clock);
    }
}
