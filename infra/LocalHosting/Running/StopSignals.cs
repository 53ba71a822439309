using System.Runtime.InteropServices;

namespace Cluster.LocalHosting.Running;

/// <summary>The first Ctrl+C, SIGTERM or SIGHUP asks for an orderly end, the second one for an end at once.</summary>
internal sealed class StopSignals : IDisposable
{
    // `dotnet run` passes on a signal that its whole process group was sent: the echo is not a second wish.
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly Action _stop;
    private readonly Action _abort;
    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _registrations;
    private long? _first;

    public StopSignals(TimeProvider time, Action stop, Action abort)
    {
        (_time, _stop, _abort) = (time, stop, abort);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    /// <summary>A signal has come; on any thread.</summary>
    internal void Signal()
    {
        TimeSpan? sinceFirst;
        lock (_lock)
        {
            sinceFirst = _first is { } first ? _time.GetElapsedTime(first) : null;
            _first ??= _time.GetTimestamp();
        }

        if (sinceFirst is null)
            _stop();
        else if (sinceFirst >= Echo)
            _abort();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Signal();
    }
}
