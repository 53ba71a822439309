namespace Cluster.Coordinator.Jobs;

/// <summary>When the item that ends a job is to be sent: at first, again after a patience that doubles, and at once where a worker failed.
/// Owned by one runner.</summary>
internal sealed class LastItem(TimeSpan patience, TimeProvider time)
{
    /// <summary>Failures after which the job fails.</summary>
    public const int MaxFailures = 3;

    private TimeSpan _patience = patience;
    private long? _sentAt;

    /// <summary>Failures that workers told of.</summary>
    public int Failures { get; private set; }

    public bool HasFailedForGood => Failures >= MaxFailures;

    /// <summary>Whether to send it now; the next patience is twice as long where it was sent before.</summary>
    public bool IsDue()
    {
        if (_sentAt is not { } at) return true;
        if (time.GetElapsedTime(at) < _patience) return false;
        _patience *= 2;
        return true;
    }

    public void Sent() => _sentAt = time.GetTimestamp();

    public void Failed()
    {
        _sentAt = null;
        Failures++;
    }
}
