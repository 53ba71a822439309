using System.Diagnostics;
using System.Text;
using Cluster.Testing;

namespace Cluster.AppHost.Tests.Processes;

/// <summary>The app host's program as a process of its own, in a folder of its own, with a state directory of its own.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private AppHostProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>All that it has printed.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <param name="home">Its working directory, and its user's state directory.</param>
    /// <param name="environment">Variables beside the inherited ones.</param>
    /// <param name="args">Its command line.</param>
    public static AppHostProcess Start(string home, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var program = Path.Combine(Repository.Root, "artifacts", "bin", "AppHost", "debug", "Cluster.AppHost.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = home
        };
        start.Environment["XDG_STATE_HOME"] = home;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new AppHostProcess(Process.Start(start)!);
    }

    /// <summary>As Ctrl+C does.</summary>
    public void Interrupt() => Signal("INT");

    public void Kill() => _process.Kill();

    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
        return _process.ExitCode;
    }

    public async Task UntilAsync(string line, TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + limit;
        while (!Output.Contains(line, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, $"ended before it said '{line}':\n{Output}");
            Assert.True(DateTime.UtcNow < deadline, $"did not say '{line}' within {limit.TotalSeconds} s:\n{Output}");
            await Task.Delay(100, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Interrupt();
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    private void Add(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
