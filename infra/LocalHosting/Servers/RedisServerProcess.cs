using System.Net;
using System.Net.Sockets;
using System.Text;
using Cluster.LocalHosting.Processes;

namespace Cluster.LocalHosting.Servers;

/// <summary>
/// A private <c>redis-server</c> that keeps what it acknowledged: append-only file synced at every write, no eviction.
/// </summary>
public sealed class RedisServerProcess : ServerProcess
{
    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly IReadOnlyList<string> _settings;

    private RedisServerProcess(string program, IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> settings, Action<string>? output)
        : base("redis", output) => (_program, _environment, _settings) = (program, environment, settings);

    /// <summary>StackExchange.Redis form: <c>127.0.0.1:port,password=…</c>.</summary>
    public override string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    /// <summary>Where the program is, on PATH or where packages put it; null when it is not installed.</summary>
    public static string? FindExecutable() => OperatingSystem.IsWindows()
        ? null
        : ExecutablePath.Find("redis-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server");

    /// <summary>Starts a server and returns when it answers PING.</summary>
    /// <param name="output">Takes each line that the server prints, on any thread.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostingException">The program is not installed or did not come up.</exception>
    public static Task<RedisServerProcess> StartAsync(Action<string>? output = null, CancellationToken cancellationToken = default)
        => StartAsync(new Dictionary<string, string?>(), [], output, cancellationToken);

    /// <summary>The same, with variables set beside the inherited ones, and lines of configuration that count instead of its own.</summary>
    internal static async Task<RedisServerProcess> StartAsync(
        IReadOnlyDictionary<string, string?> environment, IReadOnlyList<string> settings, Action<string>? output, CancellationToken cancellationToken)
    {
        var program = FindExecutable() ?? throw new LocalHostingException("redis-server is not installed");
        var server = new RedisServerProcess(program, environment, settings, output);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private protected override ChildProcess Launch()
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
        return ChildProcess.Start(new ChildProcessStart(_program, [configuration])
        {
            Environment = _environment,
            WorkingDirectory = DataDirectory,
            DataDirectory = DataDirectory,
            Output = Output,
        });
    }

    private protected override async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken).ConfigureAwait(false);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\nPING\r\n"), cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) == "+OK"
            && await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) == "+PONG";
    }
}
