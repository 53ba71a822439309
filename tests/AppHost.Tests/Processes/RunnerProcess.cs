using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Cluster.Client.State;
using Cluster.LocalHosting.Processes;

namespace Cluster.AppHost.Tests.Processes;

/// <summary>A <see cref="TestRunner"/> as a test sees it; whatever it started is gone after the test.</summary>
internal sealed class RunnerProcess : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _said = new();
    private readonly HashSet<int> _seen = [];

    private RunnerProcess(string directory, Process process)
    {
        Directory = directory;
        _process = process;
        _process.OutputDataReceived += (_, line) => Keep(line.Data ?? "");
        _process.BeginOutputReadLine();
    }

    public string Directory { get; }

    /// <summary>All that it has printed, for a test that fails.</summary>
    public IEnumerable<string> Lines => _said;

    public string StateFile => TestRunner.StateFile(Directory);

    public static RunnerProcess Start(params string[] flags)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("cluster-aspire-test-").FullName;
        var assembly = typeof(RunnerProcess).Assembly.Location;
        var start = new ProcessStartInfo(ExecutablePath.Dotnet(), [assembly, "runner", directory, .. flags])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        return new RunnerProcess(directory, Process.Start(start)!);
    }

    /// <summary>Reads the output up to the line that holds the text.</summary>
    public async Task<string> LineAsync(string text, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(limit.Token);
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }
    }

    public async Task<ClusterState> UpAsync(CancellationToken cancellationToken)
    {
        await LineAsync("up; Ctrl+C", cancellationToken);
        return State();
    }

    public ClusterState State()
    {
        var state = ClusterStateFile.Read(StateFile);
        _seen.UnionWith(state.Resources.Select(resource => resource.Pid).Where(pid => pid > 0));
        return state;
    }

    public void Terminate() => UnixSignal.Terminate(_process.Id);

    public void Kill() => _process.Kill();

    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>The processes of all states that were read which still live once the time is over.</summary>
    public Task<IReadOnlyList<int>> LeftoversAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        ProcessTable.LivingAfterAsync(() => _seen.Where(ProcessTable.IsAlive), limit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Limit);
        _process.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Keep(string line)
    {
        _said.Enqueue(line);
        _lines.Writer.TryWrite(line);
    }
}
