using System.Globalization;
using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

/// <summary>
/// One RabbitMQ for the whole suite, started by the first test that needs it: a broker takes 5–15 s to start. Each
/// cluster has a virtual host of its own in it.
/// </summary>
public sealed class SharedBroker : IAsyncDisposable
{
    // Made together: each call of the broker's control tool starts an Erlang machine.
    private const int AtOnce = 16;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<string> _unused = new();
    private RabbitMqServerProcess? _broker;
    private int _virtualHosts;

    /// <summary>Connection string of a new virtual host, for one test after the other.</summary>
    public async Task<string> NewVirtualHostAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _broker ??= await RabbitMqServerProcess.StartAsync(cancellationToken: cancellationToken);
            if (_unused.Count == 0) await AddAsync(_broker, cancellationToken);
            return _unused.Dequeue();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Clusters on this broker that no class has at the moment.</summary>
    internal IdleClusters Idle { get; } = new();

    /// <summary>What listens in the broker; null before the first virtual host.</summary>
    internal RabbitMqServerProcess? Server => _broker;

    private async Task AddAsync(RabbitMqServerProcess broker, CancellationToken cancellationToken)
    {
        string[] names = [.. Enumerable.Range(_virtualHosts, AtOnce).Select(number => number.ToString("'test-'0", CultureInfo.InvariantCulture))];
        _virtualHosts += AtOnce;
        foreach (var connection in await broker.AddVirtualHostsAsync(names, cancellationToken)) _unused.Enqueue(connection);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Idle.DisposeAsync();
        }
        finally
        {
            _turn.Dispose();
            if (_broker is not null)
                await _broker.DisposeAsync();
        }
    }
}
