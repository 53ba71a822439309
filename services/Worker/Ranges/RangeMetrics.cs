using System.Diagnostics.Metrics;

namespace Cluster.Worker.Ranges;

/// <summary>Metrics of the items a worker runs.</summary>
internal sealed class RangeMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _outcomes;

    public RangeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.Worker");
        _duration = meter.CreateHistogram(
            "cluster.range.duration", "s", "Time a device was busy with a range", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 300, 600] });
        _outcomes = meter.CreateCounter<long>("cluster.range.outcomes", "{item}", "Items by what became of them");
    }

    public void Computed(string computation, double seconds)
        => _duration.Record(seconds, new KeyValuePair<string, object?>("computation", computation));

    public void Ended(string computation, string outcome)
        => _outcomes.Add(1, new("computation", computation), new("outcome", outcome));
}
