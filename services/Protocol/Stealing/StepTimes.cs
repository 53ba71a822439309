namespace Cluster.Protocol.Stealing;

/// <summary>The median of the latest step times.</summary>
public sealed class StepTimes
{
    private const int Window = 15;
    private const int Enough = 5;

    private readonly TimeSpan[] _times = new TimeSpan[Window];
    private int _count;

    public void Clear() => _count = 0;

    public void Add(TimeSpan time) => _times[_count++ % Window] = time;

    /// <summary>The median; false until enough steps were measured.</summary>
    public bool TryMedian(out TimeSpan median)
    {
        var measured = Math.Min(_count, Window);
        Span<TimeSpan> sorted = stackalloc TimeSpan[Window];
        _times.CopyTo(sorted);
        sorted = sorted[..measured];
        sorted.Sort();
        median = measured < Enough ? default : sorted[measured / 2];
        return measured >= Enough;
    }
}
