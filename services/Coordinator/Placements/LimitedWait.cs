namespace Cluster.Coordinator.Placements;

/// <summary>A wait that may last for a limit without a break. Owned by one runner.</summary>
internal sealed class LimitedWait(TimeSpan limit, TimeProvider time)
{
    private long? _since;

    /// <summary>Whether it has lasted for longer than the limit.</summary>
    public bool HasTimedOut => _since is { } since && time.GetElapsedTime(since) > limit;

    /// <summary>Goes on with the wait, or begins one; or ends it.</summary>
    public void Set(bool isWaiting) => _since = isWaiting ? _since ?? time.GetTimestamp() : null;
}
