using System.Collections.Concurrent;
using Cluster.Support.Servers;

namespace Cluster.Support.Processes;

/// <summary>
/// A service as a process, which is not started again when it dies. Its name, and so its lease, and its addresses stay
/// the same over restarts.
/// </summary>
/// <param name="instance">Name of the process: <c>worker-0</c>.</param>
/// <param name="project">The program's project file, from the root of the repository.</param>
/// <param name="endpoints">Where it listens.</param>
/// <param name="settings">The environment that it is given whenever it is started.</param>
/// <param name="output">Takes each line that it prints: its instance, the line. Called on any thread.</param>
internal sealed class ServiceProcess(
    string instance, string project, ServiceEndpoints endpoints, Dictionary<string, string> settings, Action<string, string>? output) : IAsyncDisposable
{
    private const int KeptLines = 2000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly ConcurrentQueue<string> _log = new();
    private ChildProcess? _process;

    public string Instance => instance;

    public ServiceEndpoints Endpoints => endpoints;

    /// <summary>What it is told when it is started next.</summary>
    public IDictionary<string, string> Settings => settings;

    public int Id => Process.Id;

    /// <summary>Whether it was started and has not ended.</summary>
    public bool IsRunning => _process is { Exited.IsCompleted: false };

    public IEnumerable<string> Log => _log;

    private ChildProcess Process => _process ?? throw new InvalidOperationException($"{instance} was not started");

    /// <summary>Starts the process, for the first time or again, and returns when it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = ChildProcess.Start(new ChildProcessStart(ExecutablePath.Dotnet(), [ProjectOutput.Find(project)]) { Environment = settings, Output = Keep });
        await Poll.UntilAsync($"{instance} answers", () => IsUpAsync(cancellationToken), up => up, Limit, cancellationToken);
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Process.Kill();
        await Process.Exited.WaitAsync(Limit, cancellationToken);
    }

    /// <summary>Returns when the process has ended by itself.</summary>
    public async Task UntilEndedAsync(TimeSpan limit, CancellationToken cancellationToken) => await Process.Exited.WaitAsync(limit, cancellationToken);

    /// <summary>SIGTERM; returns when the process has ended by itself, with its exit code.</summary>
    public Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Process.Terminate();
        return Process.Exited.WaitAsync(Limit, cancellationToken);
    }

    /// <summary>SIGSTOP.</summary>
    public void Suspend() => UnixSignal.Suspend(Id);

    /// <summary>SIGCONT.</summary>
    public void Resume() => UnixSignal.Resume(Id);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
    }

    private async Task<bool> IsUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(endpoints.Http, "/alive"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (!IsRunning)
                throw new InvalidOperationException($"{instance} ended with exit code {await Process.Exited} before it answered");
            await Task.Delay(ProbeInterval, cancellationToken);
            return false;
        }
    }

    private void Keep(string line)
    {
        output?.Invoke(instance, line);
        _log.Enqueue(line);
        if (_log.Count > KeptLines)
            _log.TryDequeue(out _);
    }
}
