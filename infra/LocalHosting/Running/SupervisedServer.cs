using Cluster.LocalHosting.Processes;
using Cluster.LocalHosting.Servers;

namespace Cluster.LocalHosting.Running;

internal sealed class SupervisedServer(ServerResource resource, Action<string> output) : Supervised(resource, resource.Name)
{
    private readonly StartupLog _log = new(output);
    private ServerProcess? _server;

    public string ConnectionString =>
        _server?.ConnectionString ?? throw new InvalidOperationException($"{Instance} was not started");

    public override IReadOnlyDictionary<string, string> Endpoints => new Dictionary<string, string>
    {
        ["tcp"] = FormattableString.Invariant($"tcp://127.0.0.1:{_server?.Port}"),
    };

    public override async Task<ChildProcess> StartAsync(CancellationToken cancellationToken)
    {
        _log.Starting();
        try
        {
            await StartServerAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (LocalHostingException)
        {
            _log.Failed();
            throw;
        }

        _log.Started();
        return _server!.Process;
    }

    // A server that has been started accepts already.
    public override Task WaitUntilUpAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartServerAsync(CancellationToken cancellationToken)
    {
        if (_server is not null)
            await _server.RestartAsync(cancellationToken).ConfigureAwait(false);
        else if (Resource is RedisResource)
            _server = await RedisServerProcess.StartAsync(_log.Write, cancellationToken).ConfigureAwait(false);
        else
            _server = await RabbitMqServerProcess.StartAsync(_log.Write, cancellationToken).ConfigureAwait(false);
    }
}
