using System.Collections.Concurrent;
using Cluster.Standalone.Embedded;
using Cluster.Support.Servers;
using StackExchange.Redis;

namespace Cluster.Testing;

/// <summary>What speaks Redis's protocol in tests.</summary>
public enum RedisKind
{
    /// <summary>Embedded, as Standalone starts it.</summary>
    Garnet,

    /// <summary>A private <c>redis-server</c>, as <see cref="RedisServerProcess"/> starts it.</summary>
    RedisServer,
}

/// <summary>One server of each kind for all tests of an assembly, started when first asked for. Tests use keys of their own.</summary>
public sealed class RedisServers : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<RedisKind, Lazy<Task<Running>>> _running = new();

    /// <summary>Why a kind cannot be started here; null when it can.</summary>
    public static string? WhyAbsent(RedisKind kind)
        => kind == RedisKind.RedisServer && RedisServerProcess.FindExecutable() is null ? "redis-server is not installed" : null;

    /// <summary>A connection that the tests of the assembly share.</summary>
    public async Task<IConnectionMultiplexer> ConnectAsync(RedisKind kind)
        => (await _running.GetOrAdd(kind, k => new Lazy<Task<Running>>(() => StartAsync(k))).Value.WaitAsync(StartTimeout)).Connection;

    /// <summary>Connection string of a kind's server.</summary>
    public async Task<string> ConnectionStringAsync(RedisKind kind)
        => (await _running.GetOrAdd(kind, k => new Lazy<Task<Running>>(() => StartAsync(k))).Value.WaitAsync(StartTimeout)).ConnectionString;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _running.Values) await (await server.Value).DisposeAsync();
    }

    private static async Task<Running> StartAsync(RedisKind kind)
    {
        if (kind == RedisKind.RedisServer)
        {
            var process = await RedisServerProcess.StartAsync();
            return new Running(await OpenAsync(process.ConnectionString), process.ConnectionString, process.DisposeAsync);
        }

        var garnet = await Task.Run(EmbeddedRedis.Start);
        return new Running(await OpenAsync(garnet.ConnectionString), garnet.ConnectionString, () =>
        {
            garnet.Dispose();
            return ValueTask.CompletedTask;
        });
    }

    // A loaded machine answers late; a test is about what is answered.
    private static async Task<IConnectionMultiplexer> OpenAsync(string connectionString)
        => await ConnectionMultiplexer.ConnectAsync(connectionString + ",connectTimeout=20000,asyncTimeout=20000,allowAdmin=true");

    private sealed record Running(IConnectionMultiplexer Connection, string ConnectionString, Func<ValueTask> Stop) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Connection.DisposeAsync();
            await Stop();
        }
    }
}
