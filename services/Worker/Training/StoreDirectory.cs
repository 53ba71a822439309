using System.Collections.Concurrent;
using Cluster.Contracts.Devices;
using Cluster.DataPlane.Client;
using Cluster.ServiceDefaults.Redis;
using Cluster.ServiceDefaults.Security;
using Cluster.Storage.Registry;

namespace Cluster.Worker.Training;

/// <summary>Where ps processes listen, and the connections to them that the slots of this process share. Thread safe.</summary>
internal sealed class StoreDirectory(RedisRegistry registry, IConfiguration configuration, ClusterTls tls) : IDisposable
{
    private readonly string _key = configuration[ClusterKey.Variable] ?? "";
    private readonly ConcurrentDictionary<(int Task, ulong Incarnation), string> _known = [];
    private readonly Dictionary<string, SharedChannel> _channels = [];

    /// <summary>Address of a ps task; null while this process does not hold the index.</summary>
    /// <remarks>While Redis is away the address that was found last is good: an incarnation does not move.</remarks>
    public async Task<string?> FindAsync(int task, ulong incarnation, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var entry in await registry.ListAsync(JobNames.ParameterStore).Abandonable().WaitAsync(cancellationToken))
            {
                if (entry.Index != task) continue;
                var isWanted = LeaseToken.Incarnation(entry.Incarnation) == incarnation;
                return isWanted ? _known[(task, incarnation)] = entry.Entry.Address : null;
            }

            return null;
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            return _known.GetValueOrDefault((task, incarnation));
        }
    }

    /// <summary>A connection to an address (<c>host:port</c>); closed when the last one who has it disposes of it.</summary>
    public SharedChannel Connect(string address)
    {
        lock (_channels)
        {
            if (!_channels.TryGetValue(address, out var channel))
            {
                _channels.Add(address, channel = new SharedChannel(this, address,
                    new ExchangeChannel(tls.AddressOf(address), _key, tls.Credentials.ForClient())));
            }

            channel.Users++;
            return channel;
        }
    }

    public void Dispose()
    {
        lock (_channels)
        {
            foreach (var channel in _channels.Values) channel.Channel.Dispose();
            _channels.Clear();
        }
    }

    /// <summary>A connection that several streams use.</summary>
    internal sealed class SharedChannel(StoreDirectory directory, string address, ExchangeChannel channel) : IDisposable
    {
        public ExchangeChannel Channel { get; } = channel;

        internal int Users { get; set; }

        public void Dispose()
        {
            lock (directory._channels)
            {
                if (--Users > 0 || !directory._channels.Remove(address)) return;
            }

            Channel.Dispose();
        }
    }
}
