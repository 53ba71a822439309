using System.Diagnostics.Metrics;

namespace Cluster.Coordinator.Figures;

/// <summary>Metrics of how training jobs get on.</summary>
internal sealed class TrainingMetrics
{
    private readonly Histogram<double> _commits;
    private readonly Histogram<long> _segments;
    private readonly Counter<long> _generations;

    public TrainingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.Coordinator");
        _commits = meter.CreateHistogram(
            "cluster.commit.duration", "s", "Time from the copy at a segment's end until its commit is on Redis's disk", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] });
        _segments = meter.CreateHistogram(
            "cluster.segment.length", "{step}", "Steps of the segments that were published", tags: null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000] });
        _generations = meter.CreateCounter<long>("cluster.generation.started", "{generation}",
            "Generations started: one for each training job, and one for each recovery");
    }

    public void Committed(TimeSpan took) => _commits.Record(took.TotalSeconds);

    public void SegmentPublished(long clocks) => _segments.Record(clocks);

    public void GenerationStarted() => _generations.Add(1);
}
