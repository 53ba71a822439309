using System.Threading.Tasks.Sources;

namespace Cluster.DataPlane.Sending;

/// <summary>Wakes one waiter, who may wait again and again without allocating; a signal that comes first is kept.</summary>
/// <remarks>A waiter that is woken inline runs on the signaller's thread: a thread's wake-up costs more than a small frame's write.</remarks>
public sealed class WakeUp : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core;
    private int _state;

    /// <summary>Completes at the next signal. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled)
            return ValueTask.CompletedTask;
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
            return new ValueTask(this, _core.Version);
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    /// <summary>Signals; several signals before the next wait are one.</summary>
    /// <param name="inline">Whether the waiter goes on within this call.</param>
    public void Set(bool inline)
    {
        if (Interlocked.CompareExchange(ref _state, Signalled, Idle) != Waiting)
            return;
        if (Interlocked.CompareExchange(ref _state, Idle, Waiting) != Waiting)
            return;
        _core.RunContinuationsAsynchronously = !inline;
        _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
