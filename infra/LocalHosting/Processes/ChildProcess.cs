using System.Diagnostics;

namespace Cluster.LocalHosting.Processes;

/// <summary>What to start as a child.</summary>
internal sealed record ChildProcessStart(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables set beside the inherited ones; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    /// <summary>A directory that is removed should this process be killed before it stops the child.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Takes each line of output, from two threads.</summary>
    public Action<string> Output { get; init; } = _ => { };
}

/// <summary>A running child that ends with this process at the latest; see <see cref="Lifeline"/>.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // A grandchild that holds the pipes open must not hold up the end of its parent.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> output)
    {
        _process = process;
        Id = process.Id;
        Exited = WatchAsync(
            LinePump.RunAsync(process.StandardOutput, output),
            LinePump.RunAsync(process.StandardError, output));
    }

    public int Id { get; }

    /// <summary>Ends when the process has ended, its output is read and its group is gone; the result is the exit code.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="LocalHostingException">The program could not be started.</exception>
    public static ChildProcess Start(ChildProcessStart start)
    {
        var command = Lifeline.Wrap(start.Program, start.Arguments, start.DataDirectory);
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = start.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;
        try
        {
            return new ChildProcess(Process.Start(info)!, start.Output);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new LocalHostingException($"cannot start {start.Program}: {e.Message}", e);
        }
    }

    /// <summary>Asks the process to end; kills it when it has not ended after the grace time.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        Terminate();
        if (await Task.WhenAny(Exited, Task.Delay(grace)).ConfigureAwait(false) != Exited)
            Kill();
        await Exited.ConfigureAwait(false);
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    public void Terminate()
    {
        if (OperatingSystem.IsWindows())
            Kill();
        else if (!Exited.IsCompleted)
            UnixSignal.Terminate(Id);
    }

    /// <summary>Kills the process and its descendants at once (SIGKILL).</summary>
    public void Kill()
    {
        if (Exited.IsCompleted)
            return;
        if (OperatingSystem.IsWindows())
            _process.Kill(entireProcessTree: true);
        else
            UnixSignal.KillGroup(Id);
    }

    /// <summary>Kills the process and returns when it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited.ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int> WatchAsync(Task output, Task error)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        // The watcher keeps the group's id from being given to others; it goes with what the process left behind.
        UnixSignal.KillGroup(Id);
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(OutputGrace)).ConfigureAwait(false);
        return _process.ExitCode;
    }
}
