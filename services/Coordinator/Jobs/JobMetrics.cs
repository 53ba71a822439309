using System.Diagnostics.Metrics;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Jobs;

/// <summary>Metrics of jobs and their items.</summary>
internal sealed class JobMetrics
{
    private readonly TimeProvider _time;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _ended;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _wanted;
    private readonly Counter<long> _published;
    private readonly Counter<long> _republished;
    private readonly Counter<long> _failed;

    public JobMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create("Cluster.Coordinator");
        _accepted = meter.CreateCounter<long>("cluster.job.accepted", "{job}", "Jobs accepted");
        _ended = meter.CreateCounter<long>("cluster.job.ended", "{job}", "Jobs that ended, by state");
        _active = meter.CreateUpDownCounter<long>("cluster.job.active", "{job}", "Jobs that this chief runs, those that wait for something included");
        _duration = meter.CreateHistogram(
            "cluster.job.duration", "s", "Time from a job's submission to its end", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600, 14_400, 86_400] });
        _wanted = meter.CreateUpDownCounter<long>("cluster.slots.wanted", "{slot}", "Worker slots that the open jobs could use at once");
        _published = meter.CreateCounter<long>("cluster.item.published", "{item}", "Items sent to work queues");
        _republished = meter.CreateCounter<long>("cluster.item.republished", "{item}", "Items sent again, by reason");
        _failed = meter.CreateCounter<long>("cluster.item.failed", "{item}", "Items that workers could not do, by kind of job");
    }

    public void Accepted(string kind) => _accepted.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>This call has ended the job.</summary>
    public void Ended(JobRecord job, string state)
    {
        KeyValuePair<string, object?> kind = new("kind", job.Kind), how = new("state", state);
        _ended.Add(1, kind, how);
        _duration.Record((_time.GetUtcNow() - job.Submitted).TotalSeconds, kind, how);
    }

    /// <summary>Runners that begin, or end where it is negative.</summary>
    public void Active(string kind, int change) => _active.Add(change, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>By how much the slots that a job could use have changed: see <see cref="WantedSlots"/>.</summary>
    public void Wanted(string kind, long change) => _wanted.Add(change, new KeyValuePair<string, object?>("kind", kind));

    public void Published(long items) => _published.Add(items);

    public void Republished(string reason, int items = 1) => _republished.Add(items, new KeyValuePair<string, object?>("reason", reason));

    public void Failed(string kind) => _failed.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
