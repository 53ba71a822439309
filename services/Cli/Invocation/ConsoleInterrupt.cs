using System.Runtime.InteropServices;

namespace Cluster.Cli.Invocation;

/// <summary>Ctrl+C and SIGTERM as a token: the first asks the command to end, the second ends the process at once.</summary>
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

    public static ConsoleInterrupt Listen() => new();

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1) Environment.Exit((int)ExitCode.Interrupted);
        context.Cancel = true;
        _source.Cancel();
    }
}
