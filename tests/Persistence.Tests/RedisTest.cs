using Cluster.Testing;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(RedisServers))]

namespace Cluster.Persistence.Tests;

/// <summary>Tests that run on each kind of Redis. A kind that is not installed is skipped.</summary>
public abstract class RedisTest(RedisServers servers, RedisKind kind) : IAsyncLifetime
{
    protected CancellationToken Ct { get; } = TestContext.Current.CancellationToken;

    protected IConnectionMultiplexer Redis { get; private set; } = null!;

    protected IDatabase Database => Redis.GetDatabase();

    public virtual async ValueTask InitializeAsync()
    {
        if (RedisServers.WhyAbsent(kind) is { } reason) Assert.Skip(reason);
        Redis = await servers.ConnectAsync(kind);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>An id that no other test has.</summary>
    protected static string NewId() => $"test-{Guid.NewGuid():N}";

    /// <summary>The keys that contain a text.</summary>
    protected async Task<SortedSet<string>> KeysWithAsync(string text)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (RedisKey key in Redis.GetServers().Single().KeysAsync(pattern: $"*{text}*", pageSize: 1000).WithCancellation(Ct)) keys.Add(key!);
        return keys;
    }
}
