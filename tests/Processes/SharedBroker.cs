using System.Globalization;
using Cluster.LocalHosting.Servers;

namespace Cluster.EndToEnd.Processes;

/// <summary>
/// One RabbitMQ for the whole suite, started by the first test that needs it: a broker takes 5–15 s to start. Each
/// cluster has a virtual host of its own in it.
/// </summary>
public sealed class SharedBroker : IAsyncDisposable
{
    private RabbitMqServerProcess? _broker;
    private int _virtualHosts;

    /// <summary>Connection string of a new virtual host. Called by one test at a time.</summary>
    public async Task<string> NewVirtualHostAsync(CancellationToken cancellationToken)
    {
        _broker ??= await RabbitMqServerProcess.StartAsync(cancellationToken: cancellationToken);
        return await _broker.AddVirtualHostAsync((++_virtualHosts).ToString("'test-'0", CultureInfo.InvariantCulture), cancellationToken);
    }

    /// <summary>What listens in the broker; null before the first virtual host.</summary>
    internal RabbitMqServerProcess? Server => _broker;

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }
}
