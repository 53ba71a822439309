using System.Diagnostics;

namespace Cluster.Support.Servers;

/// <summary>What to start as a child.</summary>
public sealed record ChildProcessStart(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables set beside the inherited ones.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string WorkingDirectory { get; init; } = "";

    /// <summary>A directory that is removed should this process be killed before it stops the child.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Takes each line of output, from two threads.</summary>
    public Action<string> Output { get; init; } = _ => { };
}

/// <summary>A running child that ends with this process at the latest; see <see cref="Lifeline"/>.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    // A grandchild that holds the pipes open must not hold up the end of its parent.
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(1);

    private readonly Process _process;

    private ChildProcess(Process process, Action<string> output)
    {
        _process = process;
        Id = process.Id;
        Exited = WatchAsync(Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, output)));
    }

    public int Id { get; }

    /// <summary>Ends when the process has ended, its output is read and its group is gone; the result is the exit code.</summary>
    public Task<int> Exited { get; }

    public static ChildProcess Start(ChildProcessStart start)
    {
        var command = Lifeline.Wrap(start.Program, start.Arguments, start.DataDirectory);
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = start.WorkingDirectory,
        };
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;
        return new ChildProcess(Process.Start(info)!, start.Output);
    }

    /// <summary>Asks the process to end (SIGTERM).</summary>
    public void Terminate()
    {
        if (!Exited.IsCompleted)
            UnixSignal.Terminate(Id);
    }

    /// <summary>Kills the process and its descendants at once (SIGKILL).</summary>
    public void Kill()
    {
        if (!Exited.IsCompleted)
            UnixSignal.KillGroup(Id);
    }

    /// <summary>Kills the process and returns when it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exited;
        _process.Dispose();
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> output)
    {
        while (await reader.ReadLineAsync() is { } line)
            output(line);
    }

    private async Task<int> WatchAsync(Task output)
    {
        await _process.WaitForExitAsync();
        // The watcher keeps the group's id from being given to others; it goes with what the process left behind.
        UnixSignal.KillGroup(Id);
        await Task.WhenAny(output, Task.Delay(OutputGrace));
        return _process.ExitCode;
    }
}
