using Cluster.LocalHosting.Servers;

namespace Cluster.EndToEnd.Processes;

/// <summary>The links over which the services of a cluster reach Redis, RabbitMQ and the ps tasks.</summary>
internal sealed class ClusterLinks(RedisServerProcess redis, int messagingPort, IReadOnlyList<Func<int>> storePorts) : IAsyncDisposable
{
    public FaultyLink Redis { get; } = new(() => redis.Port);

    public FaultyLink Messaging { get; } = new(() => messagingPort);

    /// <summary>By ps process: coordinator and workers reach it over this link.</summary>
    public IReadOnlyList<FaultyLink> ParameterStores { get; } = [.. storePorts.Select(port => new FaultyLink(port))];

    public async ValueTask DisposeAsync()
    {
        foreach (var link in (IEnumerable<FaultyLink>)[Redis, Messaging, .. ParameterStores])
            await link.DisposeAsync();
    }
}
