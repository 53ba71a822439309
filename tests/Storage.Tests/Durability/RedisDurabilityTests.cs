using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Durability;
using Cluster.Support.Servers;
using Cluster.Testing;
using StackExchange.Redis;

namespace Cluster.Storage.Tests.Durability;

public sealed class RedisDurabilityOnGarnetTests(RedisServers servers) : RedisDurabilityTests(servers, RedisKind.Garnet);

public sealed class RedisDurabilityOnRedisServerTests(RedisServers servers) : RedisDurabilityTests(servers, RedisKind.RedisServer);

/// <summary>What the servers are that tests share: one without a file, and one that syncs every write.</summary>
public abstract class RedisDurabilityTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
{
    [Fact]
    public async Task Wait_NoFileOrSyncedAlways_ReturnsAtOnce()
    {
        var time = new TimerLog();

        await new RedisDurability(Redis, time).WaitAsync(Ct);

        Assert.Empty(time.Waits);
    }

    [Fact]
    public async Task Run_AskedAgain_IsTheSame()
    {
        var durability = new RedisDurability(Redis, TimeProvider.System);

        Assert.Equal(await durability.RunAsync(), await durability.RunAsync());
    }
}

/// <summary>A <c>redis-server</c> of the test's own, which is set up otherwise and restarted.</summary>
public sealed class RedisDurabilityOfOneServerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_ServerRestarts_Changes()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server, callSeconds: 2);
        var durability = new RedisDurability(redis, TimeProvider.System);
        var before = await durability.RunAsync();

        await server.KillAsync(_ct);
        await server.RestartAsync(_ct);

        Assert.NotEqual(before, await AnswerAsync(durability.RunAsync));
    }

    [Fact]
    public async Task Wait_SyncedEverySecond_LooksUntilASyncAndCanBeCancelled()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server);
        Assert.SkipWhen(redis.GetServers().Single().Version >= new Version(7, 2), "this redis-server has WAITAOF, which needs no proof");
        await ConfigureAsync(redis, "appendfsync", "everysec");
        var durability = new RedisDurability(redis, TimeProvider.System);

        await durability.WaitAsync(_ct).WaitAsync(Limit, _ct);

        using var cancelled = new CancellationTokenSource();
        var waiting = durability.WaitAsync(cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit, _ct));
    }

    [Fact]
    public async Task Wait_NeverSynced_ReturnsAtOnce()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server);
        await ConfigureAsync(redis, "appendfsync", "no");
        var time = new TimerLog();

        await new RedisDurability(redis, time).WaitAsync(_ct);

        Assert.Empty(time.Waits);
    }

    [Fact]
    public async Task Wait_NoRoomForTheWrite_Throws()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server);
        await ConfigureAsync(redis, "appendfsync", "everysec");
        await ConfigureAsync(redis, "maxmemory", "1");

        var error = await Assert.ThrowsAnyAsync<Exception>(() => new RedisDurability(redis, TimeProvider.System).WaitAsync(_ct).WaitAsync(Limit, _ct));
        Assert.True(RedisErrors.IsFull(error), error.ToString());
    }

    [Fact]
    public async Task Wait_NoAppendOnlyFile_ReturnsAtOnce()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server);
        await ConfigureAsync(redis, "appendfsync", "everysec");
        await ConfigureAsync(redis, "appendonly", "no");
        var time = new TimerLog();

        await new RedisDurability(redis, time).WaitAsync(_ct);

        Assert.Empty(time.Waits);
    }

    [Fact]
    public async Task Wait_ServerIsAway_Throws()
    {
        await using var server = await StartAsync();
        await using var redis = await ConnectAsync(server, callSeconds: 1);
        await server.KillAsync(_ct);

        var durability = new RedisDurability(redis, TimeProvider.System);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => durability.WaitAsync(_ct).WaitAsync(Limit, _ct));
        Assert.True(RedisErrors.IsTransient(error), error.ToString());
    }

    private async Task<RedisServerProcess> StartAsync()
    {
        Assert.SkipWhen(RedisServerProcess.FindExecutable() is null, "redis-server is not installed");
        return await RedisServerProcess.StartAsync(cancellationToken: _ct).WaitAsync(Limit, _ct);
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(RedisServerProcess server, int callSeconds = 20) =>
        await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + $",connectTimeout=20000,asyncTimeout={callSeconds}000,allowAdmin=true");

    private static Task ConfigureAsync(IConnectionMultiplexer redis, string name, string value) =>
        redis.GetServers().Single().ConfigSetAsync(name, value);

    private async Task<T> AnswerAsync<T>(Func<Task<T>> call)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(Limit);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (RedisErrors.IsTransient(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
    }
}
