using Cluster.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Cluster.Coordinator.Conditions;

/// <summary>How Redis keeps what it is given, as far as it shows it: null is what cannot be seen.</summary>
internal sealed record RedisSettings
{
    /// <summary>7.0.15.</summary>
    public Version? Version { get; init; }

    /// <summary><c>master</c> or <c>slave</c>.</summary>
    public string? Role { get; init; }

    /// <summary><c>noeviction</c>, <c>allkeys-lru</c> and so on.</summary>
    public string? EvictionPolicy { get; init; }

    /// <summary>Whether it has an append-only file.</summary>
    public bool? HasFile { get; init; }

    /// <summary><c>always</c>, <c>everysec</c> or <c>no</c>.</summary>
    public string? SyncPolicy { get; init; }

    /// <summary>Whether it stops syncing while it rewrites its file.</summary>
    public bool? StopsSyncing { get; init; }

    /// <summary>Whether it can be asked what is on its disk, with WAITAOF.</summary>
    public bool TellsWhatIsSynced => Version >= new Version(7, 2);

    /// <summary>Asks INFO, and CONFIG for what INFO does not have. What it does not answer cannot be seen.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    public static async Task<RedisSettings> ReadAsync(IDatabase redis)
    {
        var (server, memory) = (await InfoAsync(redis, "server"), await InfoAsync(redis, "memory"));
        var (persistence, replication) = (await InfoAsync(redis, "persistence"), await InfoAsync(redis, "replication"));
        return new RedisSettings
        {
            Version = Version.TryParse(server.Text("redis_version"), out var version) ? version : null,
            Role = replication.Text("role"),
            EvictionPolicy = memory.Text("maxmemory_policy") ?? await ConfigAsync(redis, "maxmemory-policy"),
            HasFile = persistence.Number("aof_enabled") is { } enabled ? enabled == 1 : null,
            SyncPolicy = await ConfigAsync(redis, "appendfsync"),
            StopsSyncing = await ConfigAsync(redis, "no-appendfsync-on-rewrite") is { } stops ? stops == "yes" : null,
        };
    }

    private static async Task<RedisInfo> InfoAsync(IDatabase redis, string section)
    {
        try
        {
            return await RedisInfo.ReadAsync(redis, section);
        }
        catch (RedisServerException e) when (!RedisErrors.IsTransient(e))
        {
            return RedisInfo.Parse("");
        }
    }

    private static async Task<string?> ConfigAsync(IDatabase redis, string name)
    {
        try
        {
            return (string[])(await redis.ExecuteAsync("CONFIG", "GET", name))! is [_, { } value] ? value : null;
        }
        catch (RedisServerException e) when (!RedisErrors.IsTransient(e))
        {
            return null;
        }
    }
}
