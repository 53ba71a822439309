using System.Diagnostics.Metrics;

namespace Cluster.Coordinator.Jobs;

/// <summary>Metrics of jobs and their items.</summary>
internal sealed class JobMetrics
{
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _published;
    private readonly Counter<long> _republished;

    public JobMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.Coordinator");
        _accepted = meter.CreateCounter<long>("cluster.job.accepted", "{job}", "Jobs accepted");
        _ended = meter.CreateCounter<long>("cluster.job.ended", "{job}", "Jobs that ended, by state");
        _published = meter.CreateCounter<long>("cluster.item.published", "{item}", "Items sent to work queues");
        _republished = meter.CreateCounter<long>("cluster.item.republished", "{item}", "Items sent again, by reason");
    }

    public void Accepted(string kind) => _accepted.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Ended(string kind, string state) => _ended.Add(1, new("kind", kind), new("state", state));

    public void Published(long items) => _published.Add(items);

    public void Republished(string reason) => _republished.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
