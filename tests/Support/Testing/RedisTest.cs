using StackExchange.Redis;
using Xunit;

namespace Cluster.Testing;

/// <summary>Tests that run on each kind of Redis. A kind that is not installed is skipped. The assembly has <see cref="RedisServers"/> as a fixture.</summary>
public abstract class RedisTest(RedisServers servers, RedisKind kind) : IAsyncLifetime
{
    protected CancellationToken Ct { get; } = TestContext.Current.CancellationToken;

    protected IConnectionMultiplexer Redis { get; private set; } = null!;

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
}
