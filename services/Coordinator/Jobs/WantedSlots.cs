namespace Cluster.Coordinator.Jobs;

/// <summary>The worker slots that one job could use at once, in the metric of all jobs. Owned by the job's runner, which takes them back at its end.</summary>
internal sealed class WantedSlots(JobMetrics metrics, string kind)
{
    private long _told;

    public void Change(long wanted)
    {
        if (wanted != _told) metrics.Wanted(kind, wanted - _told);
        _told = wanted;
    }
}
