using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cluster.AppHost.Servers;

namespace Cluster.Support.Servers;

/// <summary>
/// A private <c>rabbitmq-server</c>: own Erlang port mapper, cookie, user and password; every listener, distribution
/// included, on loopback.
/// </summary>
/// <remarks>
/// A RabbitMQ 3.10 that is killed can forget a durable queue that it confirmed less than a second before (seen once in
/// eight kills at once after the declaration): clients declare their queues again when they reconnect.
/// </remarks>
public sealed class RabbitMqServerProcess : ServerProcess
{
    private const string User = "cluster";

    private readonly RabbitMqLayout _layout;
    private readonly ConcurrentQueue<int> _tlsPorts = new();
    private ChildProcess? _portMapper;

    private RabbitMqServerProcess(string program) : base("rabbitmq") =>
        _layout = new RabbitMqLayout(program, DataDirectory);

    /// <summary><c>amqp://user:password@127.0.0.1:port</c>, the default virtual host.</summary>
    public override string ConnectionString => $"amqp://{User}:{Password}@127.0.0.1:{Port}";

    /// <summary>AMQP without and with TLS, Erlang distribution and Erlang port mapper.</summary>
    public IReadOnlyList<int> ListeningPorts => [Port, .. _tlsPorts, _layout.DistributionPort, _layout.PortMapperPort];

    /// <summary>
    /// Where the program is, on PATH or where packages put it; null when it is not installed. Debian's wrapper in
    /// <c>/usr/sbin</c> changes the user and is passed over.
    /// </summary>
    public static string? FindExecutable() => ServerPrograms.RabbitMq;

    /// <summary>Starts a server and returns when it speaks AMQP; takes 5–15 s.</summary>
    public static async Task<RabbitMqServerProcess> StartAsync(CancellationToken cancellationToken = default)
    {
        var program = FindExecutable() ?? throw new InvalidOperationException("rabbitmq-server is not installed");
        var server = new RabbitMqServerProcess(program);
        await server.BringUpAsync(cancellationToken);
        return server;
    }

    /// <summary>Adds a virtual host that the server's user may do everything in.</summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>, 1 to 64 of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Connection string of the virtual host.</returns>
    public async Task<string> AddVirtualHostAsync(string name, CancellationToken cancellationToken = default)
        => (await AddVirtualHostsAsync([name], cancellationToken))[0];

    /// <summary>Adds virtual hosts that the server's user may do everything in, by one call of the control tool.</summary>
    /// <param name="names">Letters, digits, <c>-</c> and <c>_</c>, 1 to 64 of them each.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Connection strings of the virtual hosts.</returns>
    public async Task<IReadOnlyList<string>> AddVirtualHostsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken = default)
    {
        foreach (var name in names)
        {
            if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                throw new ArgumentException($"virtual host '{name}': 1 to 64 letters, digits, '-' or '_'", nameof(names));
        }

        // One call of the control tool instead of two for each: a call costs the start of an Erlang machine.
        await _layout.EvaluateAsync(
            $"""
            [begin
                ok = rabbit_vhost:add(Name, <<"{User}">>),
                ok = rabbit_auth_backend_internal:set_permissions(<<"{User}">>, Name, <<".*">>, <<".*">>, <<".*">>, <<"{User}">>)
            end || Name <- [{string.Join(", ", names.Select(name => $"<<\"{name}\">>"))}]].
            """,
            cancellationToken);
        return [.. names.Select(name => $"{ConnectionString}/{name}")];
    }

    /// <summary>Opens a listener with TLS beside the one without, until the server is started again.</summary>
    /// <param name="certificateFile">PEM of its certificate.</param>
    /// <param name="keyFile">PEM of the certificate's key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Port on 127.0.0.1.</returns>
    public async Task<int> AddTlsListenerAsync(string certificateFile, string keyFile, CancellationToken cancellationToken)
    {
        var port = LoopbackPorts.Take();
        _tlsPorts.Enqueue(port);
        await _layout.EvaluateAsync(
            FormattableString.Invariant($$"""
            rabbit_networking:ensure_ssl(),
            rabbit_networking:start_ssl_listener(
                {"127.0.0.1", {{port}}},
                [{certfile, "{{certificateFile}}"}, {keyfile, "{{keyFile}}"}, {verify, verify_none}],
                2).
            """),
            cancellationToken);
        return port;
    }

    /// <summary>Sets from which part of the machine's memory on the server takes no messages; 0.4 at its start.</summary>
    public Task SetMemoryLimitAsync(double part, CancellationToken cancellationToken) =>
        _layout.EvaluateAsync(FormattableString.Invariant($"vm_memory_monitor:set_vm_memory_high_watermark({part:0.0000000})."), cancellationToken);

    /// <summary>Sets below how many free bytes of the disk the server takes no messages; 64,000,000 at its start.</summary>
    public Task SetDiskLimitAsync(long bytes, CancellationToken cancellationToken) =>
        _layout.EvaluateAsync(FormattableString.Invariant($"rabbit_disk_monitor:set_disk_free_limit({bytes})."), cancellationToken);

    /// <summary>How many connections to a virtual host stand now, with TLS and without, as the server lists them.</summary>
    public async Task<(int Tls, int Plain)> CountConnectionsAsync(string virtualHost, CancellationToken cancellationToken)
    {
        var answer = await _layout.EvaluateAsync(
            $$"""
            Is = [Tls || [{vhost, <<"{{virtualHost}}">>}, {ssl, Tls}] <- rabbit_networking:connection_info_all([vhost, ssl])],
            {length([yes || true <- Is]), length([no || false <- Is])}.
            """,
            cancellationToken);
        var counts = answer.Trim('{', '}').Split(',');
        return (int.Parse(counts[0], CultureInfo.InvariantCulture), int.Parse(counts[1], CultureInfo.InvariantCulture));
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_portMapper is not null)
            await _portMapper.DisposeAsync();
    }

    private protected override ChildProcessStart Prepare()
    {
        _tlsPorts.Clear();
        if (_portMapper is null || _portMapper.Exited.IsCompleted)
            _portMapper = _layout.StartPortMapper();
        _layout.WriteFiles(Port, User, Password);
        return new ChildProcessStart(_layout.Server, []) { Environment = _layout.Environment };
    }

    private protected override async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray(), cancellationToken);
        var frame = new byte[11];
        await stream.ReadExactlyAsync(frame, cancellationToken);
        // A method frame on channel 0 with class 10, method 10: Connection.Start.
        return frame is [1, 0, 0, _, _, _, _, 0, 10, 0, 10];
    }
}
