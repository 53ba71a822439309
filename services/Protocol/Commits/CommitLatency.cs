namespace Cluster.Protocol.Commits;

/// <summary>How long commits take, from the copy at the end of a segment until it is on the store's disk.</summary>
internal sealed class CommitLatency
{
    private readonly TimeSpan[] _last = new TimeSpan[8];
    private long _count;
    private long _clock = -1;
    private TimeSpan? _copiedAt;

    /// <summary>The longest of the last eight commits; zero before the first.</summary>
    public TimeSpan Longest => _last.Max();

    /// <summary>All ps tasks hold a copy of this clock.</summary>
    public void Copied(long clock, TimeSpan now)
    {
        if (clock > _clock) (_clock, _copiedAt) = (clock, now);
    }

    /// <summary>The commit of this clock is on disk.</summary>
    /// <returns>How long it took; null where that was told before, or its begin was not seen.</returns>
    public TimeSpan? Durable(long clock, TimeSpan now)
    {
        if (clock != _clock || _copiedAt is not { } copiedAt) return null;
        _copiedAt = null;
        return _last[_count++ % _last.Length] = now - copiedAt;
    }

    /// <summary>What was under way is lost.</summary>
    public void Restart() => (_clock, _copiedAt) = (-1, null);
}
