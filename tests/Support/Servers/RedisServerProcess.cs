using System.Net;
using System.Net.Sockets;
using System.Text;
using Cluster.AppHost.Data;
using Cluster.AppHost.Servers;

namespace Cluster.Support.Servers;

/// <summary>
/// A private <c>redis-server</c> that keeps what it acknowledged: append-only file synced at every write, no eviction.
/// </summary>
public sealed class RedisServerProcess : ServerProcess
{
    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly IReadOnlyList<string> _settings;

    private RedisServerProcess(string program, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> settings)
        : base("redis") => (_program, _environment, _settings) = (program, environment, settings);

    /// <summary>StackExchange.Redis form: <c>127.0.0.1:port,password=…</c>.</summary>
    public override string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    /// <summary>Where the program is, on PATH or where packages put it; null when it is not installed.</summary>
    public static string? FindExecutable() => ServerPrograms.Redis;

    /// <summary>Starts a server and returns when it answers PING.</summary>
    /// <param name="environment">Variables set beside the inherited ones.</param>
    /// <param name="settings">Lines of configuration that count instead of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RedisServerProcess> StartAsync(
        IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? settings = null, CancellationToken cancellationToken = default)
    {
        var program = FindExecutable() ?? throw new InvalidOperationException("redis-server is not installed");
        var server = new RedisServerProcess(program, environment ?? new Dictionary<string, string>(), settings ?? []);
        await server.BringUpAsync(cancellationToken);
        return server;
    }

    private protected override ChildProcessStart Prepare()
    {
        var configuration = Path.Combine(DataDirectory, "redis.conf");
        PrivateFile.Write(configuration, $"""
            bind 127.0.0.1
            port {Port}
            protected-mode yes
            requirepass {Password}
            dir {DataDirectory}
            daemonize no
            save ""
            appendonly yes
            appendfsync always
            auto-aof-rewrite-percentage 100
            auto-aof-rewrite-min-size 64mb
            maxmemory-policy noeviction
            loglevel warning
            {string.Join('\n', _settings)}

            """);
        return new ChildProcessStart(_program, [configuration]) { Environment = _environment };
    }

    private protected override async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\nPING\r\n"), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(cancellationToken) == "+OK"
            && await reader.ReadLineAsync(cancellationToken) == "+PONG";
    }
}
