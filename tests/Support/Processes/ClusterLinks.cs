using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

/// <summary>The links over which the services of a cluster reach Redis, RabbitMQ and the ps tasks.</summary>
internal sealed class ClusterLinks(RedisServerProcess redis, Uri messaging, IEnumerable<ServiceEndpoints> stores) : IAsyncDisposable
{
    public FaultyLink Redis { get; } = new(redis.Port);

    public FaultyLink Messaging { get; } = new(messaging.Port);

    /// <summary>By ps process: coordinator and workers reach it over this link.</summary>
    public IReadOnlyList<FaultyLink> ParameterStores { get; } = [.. stores.Select(store => new FaultyLink(store.Grpc.Port))];

    /// <summary>Connection string of Redis over its link.</summary>
    public string RedisConnection => redis.ConnectionString.Replace($":{redis.Port},", $":{Redis.Port},", StringComparison.Ordinal);

    /// <summary>Connection string of the virtual host over the broker's link.</summary>
    public string MessagingConnection => new UriBuilder(messaging) { Port = Messaging.Port }.Uri.AbsoluteUri;

    public async ValueTask DisposeAsync()
    {
        foreach (var link in (IEnumerable<FaultyLink>)[Redis, Messaging, .. ParameterStores])
            await link.DisposeAsync();
    }
}
