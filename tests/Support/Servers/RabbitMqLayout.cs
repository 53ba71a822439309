using Cluster.AppHost.Servers;

namespace Cluster.Support.Servers;

/// <summary>A private RabbitMQ node, set up as the app host does it, and its control tool.</summary>
internal sealed class RabbitMqLayout
{
    private static readonly TimeSpan ControlTimeout = TimeSpan.FromSeconds(30);

    private readonly string _directory;
    private readonly RabbitMqNode _node;
    private readonly string _cookie = Secrets.NewKey();

    public RabbitMqLayout(string server, string directory)
    {
        Server = server;
        _directory = directory;
        _node = new RabbitMqNode(directory, Port: 0, LoopbackPorts.Take(), LoopbackPorts.Take());
    }

    public string Server { get; }

    public int PortMapperPort => _node.MapperPort;

    public int DistributionPort => _node.DistributionPort;

    public IReadOnlyDictionary<string, string> Environment => _node.Environment;

    public void WriteFiles(int port, string user, string password) => (_node with { Port = port }).WriteFiles(user, password, _cookie);

    /// <summary>Starts the Erlang port mapper in the foreground: the one that Erlang starts by itself would outlive us.</summary>
    public ChildProcess StartPortMapper()
    {
        var program = ServerPrograms.PortMapper
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
}
