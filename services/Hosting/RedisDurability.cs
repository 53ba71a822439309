using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Cluster.Hosting;

/// <summary>What the cluster asks of a Redis container: what was acknowledged lasts.</summary>
public static class RedisDurability
{
    private const string Settings = " --appendonly yes --appendfsync always --maxmemory-policy noeviction";

    /// <summary>
    /// Has the container write every change to an append-only file and sync it before it answers, and evict nothing; Aspire starts Redis
    /// without such a file. Give it a data volume too, else all of it goes with the container.
    /// </summary>
    public static IResourceBuilder<RedisResource> WithDurability(this IResourceBuilder<RedisResource> redis) => redis.WithArgs(context =>
    {
        // Aspire hands the server's whole command to a shell, as the last argument: another argument behind it would be lost.
        if (context.Args is not [.., string command] || !command.StartsWith("redis-server", StringComparison.Ordinal))
            throw new InvalidOperationException($"Redis is started in another way than by 'redis-server …': {string.Join(' ', context.Args)}");
        context.Args[^1] = command + Settings;
    });
}
