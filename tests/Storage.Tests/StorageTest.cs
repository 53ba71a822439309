using Cluster.Testing;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(RedisServers))]

namespace Cluster.Storage.Tests;

/// <summary>Tests of what is kept in Redis, on each kind of it.</summary>
public abstract class StorageTest(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    protected IDatabase Database => Redis.GetDatabase();

    /// <summary>An id that no other test has.</summary>
    protected static string NewId() => $"test-{Guid.NewGuid():N}";

    /// <summary>The keys that contain a text.</summary>
    protected async Task<SortedSet<string>> KeysWithAsync(string text)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var key in Redis.GetServers().Single().KeysAsync(pattern: $"*{text}*", pageSize: 1000).WithCancellation(Ct)) keys.Add(key!);
        return keys;
    }
}
