using System.Globalization;

namespace Cluster.Support.Servers;

/// <summary>Files and environment of a private RabbitMQ node.</summary>
internal sealed class RabbitMqLayout
{
    private const string Script = "rabbitmq-server";
    private static readonly TimeSpan ControlTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;

    public RabbitMqLayout(string server, string directory)
    {
        Server = server;
        _directory = directory;
        foreach (var part in new[] { "home", "data", "log" })
            Directory.CreateDirectory(Path.Combine(directory, part));
        PrivateFile.Write(Path.Combine(directory, "home", ".erlang.cookie"), Secrets.NewKey());
        PrivateFile.Write(Path.Combine(directory, "enabled_plugins"), "[].\n");
        Environment = NewEnvironment();
    }

    public string Server { get; }

    public int PortMapperPort { get; } = LoopbackPorts.Take();

    public int DistributionPort { get; } = LoopbackPorts.Take();

    public IReadOnlyDictionary<string, string> Environment { get; }

    public static string? FindServer()
    {
        var found = ExecutablePath.Find(
            Script, $"/usr/lib/rabbitmq/bin/{Script}", $"/usr/sbin/{Script}", $"/usr/local/sbin/{Script}", $"/opt/homebrew/sbin/{Script}");
        // Debian's command is a link to a wrapper that changes the user; the script itself lies beside the wrapper.
        return found is null ? null : ExecutablePath.Resolve(Path.Combine(Path.GetDirectoryName(ExecutablePath.Resolve(found))!, Script));
    }

    public void WriteConfiguration(int port, string user, string password) =>
        PrivateFile.Write(Path.Combine(_directory, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            default_user = {user}
            default_pass = {password}
            vm_memory_high_watermark.relative = 0.4
            disk_free_limit.absolute = 64MB
            log.file = false
            log.console = true
            log.console.level = warning
            log.connection.level = error

            """);

    /// <summary>Starts the Erlang port mapper in the foreground: the one that Erlang starts by itself would outlive us.</summary>
    public ChildProcess StartPortMapper()
    {
        var program = ExecutablePath.Find("epmd", "/usr/lib/erlang/bin/epmd", "/opt/homebrew/bin/epmd")
            ?? throw new InvalidOperationException("epmd, Erlang's port mapper, is not installed");
        return ChildProcess.Start(new ChildProcessStart(program, [])
        {
            Environment = Environment,
            WorkingDirectory = _directory,
        });
    }

    /// <summary>Evaluates an Erlang expression in the node and returns what it printed, in one line.</summary>
    public async Task<string> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var control = Path.Combine(Path.GetDirectoryName(Server)!, "rabbitmqctl");
        var answer = new List<string>();
        await using var process = ChildProcess.Start(new ChildProcessStart(control, ["eval", expression])
        {
            Environment = Environment,
            WorkingDirectory = _directory,
            Output = line =>
            {
                lock (answer)
                    answer.Add(line);
            },
        });
        var exitCode = await process.Exited.WaitAsync(ControlTimeout, cancellationToken);
        if (exitCode != 0)
            throw new InvalidOperationException($"rabbitmqctl failed with exit code {exitCode}: {string.Join(' ', answer)}");
        return string.Join(' ', answer);
    }

    private Dictionary<string, string> NewEnvironment()
    {
        var mapperPort = PortMapperPort.ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string>
        {
            ["HOME"] = Path.Combine(_directory, "home"),
            // Every Erlang machine of the node, the short-lived ones of its scripts included.
            ["ERL_AFLAGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = mapperPort,
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_NODENAME"] = $"cluster-{mapperPort}@localhost",
            ["RABBITMQ_DIST_PORT"] = DistributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(_directory, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(_directory, "log"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(_directory, "rabbitmq.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_directory, "enabled_plugins"),
            // Makes the script replace itself by the Erlang machine, which thereby is our child and takes our signals.
            ["RABBITMQ_ALLOW_INPUT"] = "1",
            ["RABBITMQ_SERVER_START_ARGS"] = "-noinput +B i",
            // Idle schedulers sleep instead of spinning beside the workers.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "+sbwt none +sbwtdcpu none +sbwtdio none",
        };
    }
}
