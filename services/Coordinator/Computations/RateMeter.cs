namespace Cluster.Coordinator.Computations;

/// <summary>Rate over the last few seconds, from a running total. Owned by one runner.</summary>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly Queue<(long At, long Total)> _samples = new();
    private long _last;

    /// <summary>Notes the total now and gives the units a second since the oldest total of the window; what was lost and is done again counts anew.</summary>
    public double Sample(long total)
    {
        var now = time.GetTimestamp();
        if (total < _last) _samples.Clear();
        _last = total;
        _samples.Enqueue((now, total));
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().At, now) > Window) _samples.Dequeue();
        var (at, first) = _samples.Peek();
        var seconds = time.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (total - first) / seconds : 0;
    }
}
