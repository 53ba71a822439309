namespace Cluster.Worker.Slots;

/// <summary>How busy a slot was over the last minute. The slot's holder begins and ends; the lease's renewal reads.</summary>
internal sealed class BusyMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Queue<(long At, TimeSpan Busy)> _samples = new();
    private TimeSpan _busy;
    private long? _since;

    public BusyMeter(TimeProvider time)
    {
        _time = time;
        _samples.Enqueue((time.GetTimestamp(), TimeSpan.Zero));
    }

    /// <summary>Whether an item is under way.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock) return _since is not null;
        }
    }

    public void Begin()
    {
        lock (_lock) _since = _time.GetTimestamp();
    }

    public void End()
    {
        lock (_lock)
        {
            if (_since is { } since) _busy += _time.GetElapsedTime(since);
            _since = null;
        }
    }

    /// <summary>Share of the last minute that was busy, or of the time since the start while that is shorter; 0 to 1.</summary>
    public double Share()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var busy = _busy + (_since is { } since ? _time.GetElapsedTime(since, now) : TimeSpan.Zero);
            _samples.Enqueue((now, busy));
            while (_samples.Count > 2 && _time.GetElapsedTime(_samples.Peek().At, now) > Window) _samples.Dequeue();
            var (at, before) = _samples.Peek();
            var elapsed = _time.GetElapsedTime(at, now);
            return elapsed > TimeSpan.Zero ? Math.Clamp((busy - before) / elapsed, 0, 1) : 0;
        }
    }
}
