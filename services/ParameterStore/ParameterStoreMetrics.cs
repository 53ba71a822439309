using System.Diagnostics.Metrics;
using Cluster.Protocol.Shards;

namespace Cluster.ParameterStore;

/// <summary>Metrics of ps tasks.</summary>
internal sealed class ParameterStoreMetrics
{
    private readonly Counter<long> _pushes;
    private readonly Counter<long> _hints;
    private readonly Counter<long> _cut;
    private readonly UpDownCounter<long> _streams;
    private readonly UpDownCounter<long> _memory;
    private readonly UpDownCounter<long> _memoryLimit;
    private readonly UpDownCounter<long> _shards;
    private readonly UpDownCounter<long> _parameters;
    private readonly Counter<long> _failedSnapshots;
    private readonly Histogram<double> _snapshots;
    private readonly KeyValuePair<string, object?>[] _outcomes =
        [.. Enum.GetNames<PushOutcome>().Select(name => new KeyValuePair<string, object?>("outcome", name))];

    public ParameterStoreMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.ParameterStore");
        _pushes = meter.CreateCounter<long>("cluster.push.outcomes", "{push}", "Pushes by what became of them");
        _hints = meter.CreateCounter<long>("cluster.steal.hints", "{hint}", "Blocks handed to waiting workers");
        _cut = meter.CreateCounter<long>("cluster.stream.cut", "{stream}", "Streams cut since their worker did not read");
        _streams = meter.CreateUpDownCounter<long>("cluster.stream.attached", "{stream}", "Streams attached to a shard");
        _memory = meter.CreateUpDownCounter<long>("cluster.shard.memory", "By", "Memory of the shards");
        _memoryLimit = meter.CreateUpDownCounter<long>("cluster.shard.memory.limit", "By", "Memory that the shards may take together");
        _shards = meter.CreateUpDownCounter<long>("cluster.shard.open", "{shard}", "Shards that are open, each a job's range of parameters");
        _parameters = meter.CreateUpDownCounter<long>("cluster.shard.parameters", "{parameter}", "Parameters of the shards");
        _snapshots = meter.CreateHistogram(
            "cluster.snapshot.duration", "s", "Time to write a snapshot", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] });
        _failedSnapshots = meter.CreateCounter<long>("cluster.snapshot.failed", "{snapshot}", "Snapshots that could not be written, and are written again");
    }

    public void Pushed(PushOutcome outcome) => _pushes.Add(1, _outcomes[(int)outcome]);

    public void Hinted(int hints) => _hints.Add(hints);

    public void Cut() => _cut.Add(1);

    public void Attached(int change) => _streams.Add(change);

    public void Reserved(long bytes) => _memory.Add(bytes);

    public void Limited(long bytes) => _memoryLimit.Add(bytes);

    /// <summary>A shard of this many parameters is opened.</summary>
    public void Opened(int parameters)
    {
        _shards.Add(1);
        _parameters.Add(parameters);
    }

    /// <summary>A shard of this many parameters is closed.</summary>
    public void Closed(int parameters)
    {
        _shards.Add(-1);
        _parameters.Add(-parameters);
    }

    public void SnapshotFailed() => _failedSnapshots.Add(1);

    public void SnapshotWritten(TimeSpan took) => _snapshots.Record(took.TotalSeconds);
}
