using Cluster.Client;

namespace Cluster.Standalone.Embedded;

/// <summary>The embedded cluster of one command line: started when a command first needs it, ended with the command line.</summary>
internal sealed class EmbeddedClusterHolder : IAsyncDisposable
{
    private EmbeddedCluster? _cluster;

    /// <summary>The cluster, once <see cref="ConnectAsync"/> has started it.</summary>
    public EmbeddedCluster Cluster => _cluster ?? throw new InvalidOperationException("the embedded cluster has not been started");

    /// <summary>Starts the cluster, the first time; called by one command, one call at a time.</summary>
    public async Task<ClusterConnection> ConnectAsync(EmbeddedClusterOptions options, CancellationToken cancellationToken)
    {
        _cluster ??= await EmbeddedCluster.StartAsync(options, cancellationToken);
        return _cluster.Connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}
