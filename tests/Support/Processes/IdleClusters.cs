namespace Cluster.Support.Processes;

/// <summary>Clusters that a class has left whole, kept for a class that wants the same: a start takes several seconds of all cores. Thread safe.</summary>
internal sealed class IdleClusters : IAsyncDisposable
{
    private const int Limit = 4;

    private readonly Lock _gate = new();
    private readonly List<(TestClusterOptions Options, TestCluster Cluster)> _idle = [];

    /// <summary>A cluster of this kind, which is the caller's from now on; null for none.</summary>
    public TestCluster? Take(TestClusterOptions options)
    {
        lock (_gate)
        {
            var place = _idle.FindIndex(idle => idle.Options == options);
            if (place < 0) return null;
            var cluster = _idle[place].Cluster;
            _idle.RemoveAt(place);
            return cluster;
        }
    }

    /// <summary>Keeps a cluster; ends the one that was kept longest where there are too many.</summary>
    public async Task KeepAsync(TestClusterOptions options, TestCluster cluster)
    {
        TestCluster? oldest = null;
        lock (_gate)
        {
            _idle.Add((options, cluster));
            if (_idle.Count > Limit)
            {
                oldest = _idle[0].Cluster;
                _idle.RemoveAt(0);
            }
        }

        if (oldest is not null) await oldest.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        var idle = _idle.Select(entry => entry.Cluster.DisposeAsync().AsTask()).ToArray();
        _idle.Clear();
        await Task.WhenAll(idle);
    }
}
