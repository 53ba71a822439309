namespace Cluster.Support.Processes;

/// <summary>One cluster for the tests of a class, each of which leaves it whole; then for another class. Used by one test at a time.</summary>
public sealed class SharedCluster(SharedBroker broker) : IAsyncDisposable
{
    private TestCluster? _cluster;
    private TestClusterOptions? _options;

    /// <summary>The cluster: started by the first test, and anew after one that failed or wanted another.</summary>
    internal async Task<TestCluster> StartAsync(TestClusterOptions options, CancellationToken cancellationToken)
    {
        if (_options != options) await HandOnAsync();
        _options = options;
        if (_cluster is null && broker.Idle.Take(options) is { } idle)
        {
            _cluster = idle;
            await _cluster.UntilWholeAsync(cancellationToken);
        }

        if (_cluster is null)
        {
            var messaging = await broker.NewVirtualHostAsync(cancellationToken);
            _cluster = await TestCluster.CreateAsync(options, messaging, cancellationToken);
            await _cluster.StartAsync(cancellationToken);
        }

        return _cluster;
    }

    /// <summary>Ends the cluster, which a test has left as nobody knows.</summary>
    /// <returns>What it was; null for none.</returns>
    internal async Task<TestCluster?> DropAsync()
    {
        var dropped = _cluster;
        _cluster = null;
        if (dropped is not null) await dropped.DisposeAsync();
        return dropped;
    }

    public async ValueTask DisposeAsync() => await HandOnAsync();

    private async Task HandOnAsync()
    {
        var whole = _cluster;
        _cluster = null;
        if (whole is not null) await broker.Idle.KeepAsync(_options!, whole);
    }
}
