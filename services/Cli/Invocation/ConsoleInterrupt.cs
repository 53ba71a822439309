using System.Runtime.InteropServices;

namespace Cluster.Cli.Invocation;

/// <summary>Ctrl+C and SIGTERM as a token: the first asks the command to end, the second ends the process at once, with its last words.</summary>
public sealed class ConsoleInterrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private int _signals;

    private ConsoleInterrupt()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>What the second signal says on standard error.</summary>
    public LastWords LastWords { get; } = new();

    public static ConsoleInterrupt Listen() => new();

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1) Leave();
        context.Cancel = true;
        _source.Cancel();
    }

    private void Leave()
    {
        if (LastWords.Text is { } words) Console.Error.WriteLine(words);
        Environment.Exit((int)ExitCode.Interrupted);
    }
}
