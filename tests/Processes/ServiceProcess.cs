using System.Collections.Concurrent;
using Cluster.LocalHosting.Processes;
using Cluster.LocalHosting.Running;

namespace Cluster.EndToEnd.Processes;

/// <summary>
/// One replica of a service as a process: started as the local runner starts it, but not started again when it dies.
/// Its name, and so its lease, and its addresses stay the same over restarts.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const int KeptLines = 2000;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(180);

    private readonly SupervisedService _service;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Action<string, string>? _output;
    private ChildProcess? _process;

    public ServiceProcess(
        ProcessResource resource, int ordinal, EndpointPorts ports, Func<ServerResource, string> connectionString, Action<string, string>? output = null)
        => (_service, _output) = (new SupervisedService(resource, ordinal, ports, connectionString, Keep), output);

    /// <summary>Name of the replica: <c>worker-0</c>.</summary>
    public string Instance => _service.Instance;

    public int Id => Process.Id;

    /// <summary>Whether it was started and has not ended.</summary>
    public bool IsRunning => _process is { Exited.IsCompleted: false };

    public IEnumerable<string> Log => _log;

    private ChildProcess Process => _process ?? throw new InvalidOperationException($"{Instance} was not started");

    public Uri Endpoint(string name) => new(_service.Endpoints[name]);

    /// <summary>Starts the process, for the first time or again, and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = await _service.StartAsync(cancellationToken);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var up = _service.WaitUntilUpAsync(life.Token);
        var first = await Task.WhenAny(up, _process.Exited).WaitAsync(StartLimit, cancellationToken);
        await life.CancelAsync();
        await up.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first != up)
            throw new InvalidOperationException($"{Instance} ended with exit code {await _process.Exited} before it answered");
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Process.Kill();
        await Process.Exited.WaitAsync(StartLimit, cancellationToken);
    }

    /// <summary>Returns when the process has ended by itself.</summary>
    public async Task UntilEndedAsync(TimeSpan limit, CancellationToken cancellationToken) => await Process.Exited.WaitAsync(limit, cancellationToken);

    /// <summary>SIGTERM; returns when the process has ended by itself, with its exit code.</summary>
    public Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Process.Terminate();
        return Process.Exited.WaitAsync(StartLimit, cancellationToken);
    }

    /// <summary>SIGSTOP.</summary>
    public void Suspend() => Signal.Suspend(Id);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal.Resume(Id);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private void Keep(string line)
    {
        _output?.Invoke(Instance, line);
        _log.Enqueue(line);
        if (_log.Count > KeptLines)
            _log.TryDequeue(out _);
    }
}
