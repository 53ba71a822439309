using System.CommandLine;
using Cluster.Cli.Output;
using Cluster.Client;

namespace Cluster.Cli.Invocation;

/// <summary>One run of a command: its options, its streams, and the client once it is needed.</summary>
internal sealed class CommandRun(CommandLineHost host, GlobalOptions globals, ParseResult parsed) : IAsyncDisposable
{
    private ClusterClient? _client;

    public CommandLineHost Host { get; } = host;

    public ParseResult Parsed { get; } = parsed;

    public bool Json { get; } = parsed.GetValue(globals.Json);

    public TextWriter Output => Host.Output;

    public IJobDisplay Display { get; } = host.IsErrorTerminal
        ? new LiveDisplay(host.Error, host.TimeProvider)
        : new PlainDisplay(host.Error, host.TimeProvider);

    public async ValueTask<ClusterClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = Host.EmbeddedCluster is { } embedded
            ? await embedded(Parsed, cancellationToken)
            : globals.Find(Parsed, Host.Lookup);
        var options = Host.ClientOptions;
        return _client = ClusterClient.Connect(connection, options with
        {
            NoAnswer = Display.Note,
            ConnectionLost = reason => Display.Note($"the coordinator is away ({reason}); trying again for {options.ReconnectTimeout.TotalSeconds:0} s"),
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
    }
}
