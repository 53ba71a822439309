using System.Diagnostics.Metrics;

namespace Cluster.Coordinator.Data;

/// <summary>Metrics of data sets that come in.</summary>
internal sealed class DataMetrics
{
    private readonly Counter<long> _loaded;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _received;

    public DataMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.Coordinator");
        _loaded = meter.CreateCounter<long>("cluster.data.loaded", "{data_set}", "Data sets loaded");
        _refused = meter.CreateCounter<long>("cluster.data.refused", "{file}", "Files refused for what is in them");
        _received = meter.CreateCounter<long>("cluster.data.received", "By", "Bytes of files received");
    }

    public void Loaded() => _loaded.Add(1);

    public void Refused() => _refused.Add(1);

    public void Received(long bytes) => _received.Add(bytes);
}
