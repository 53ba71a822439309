using System.Diagnostics;
using Cluster.DataPlane.Client;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Grpc.Core;

namespace Cluster.Worker.Training;

/// <summary>A slot's stream to one ps task, kept over items and opened anew when it breaks, with growing waits in between.</summary>
/// <remarks>The loop of the slot sends on <see cref="Stream"/>; a task of the link's own receives, so at most one receives at a time.</remarks>
internal sealed class StoreLink(int task, IExchangeSink sink, StoreDirectory directory, WakeUp opened, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(5);

    private CancellationTokenSource _stop = new();
    private TimeSpan _leaveLimit;
    private Task _running = Task.CompletedTask;
    private ulong _incarnation;
    private int _failures;
    private volatile ExchangeStream? _stream;
    private CancellationTokenSource? _break;

    /// <summary>The open stream; null while there is none.</summary>
    public ExchangeStream? Stream => _stream;

    /// <summary>Keeps a stream to this process open from now on.</summary>
    public async Task UseAsync(ulong incarnation)
    {
        if (_incarnation == incarnation && !_running.IsCompleted) return;
        await StopAsync(TimeSpan.Zero);
        (_incarnation, _failures, _stop) = (incarnation, 0, new CancellationTokenSource());
        _running = RunAsync(_stop.Token);
    }

    /// <summary>The ps task has answered: the next failure is the first one.</summary>
    public void Confirm() => Volatile.Write(ref _failures, 0);

    /// <summary>Breaks the open stream, which is then opened anew; for one that hangs.</summary>
    public void Break()
    {
        try
        {
            Volatile.Read(ref _break)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(LeaveLimit);
        _stop.Dispose();
    }

    private async Task StopAsync(TimeSpan leaveLimit)
    {
        _leaveLimit = leaveLimit;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        // It outlives the item that it was opened for.
        Activity.Current = null;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await OpenAsync(stop);
                var failures = Interlocked.Increment(ref _failures);
                await Task.Delay(Backoff.Of(failures, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1)), time, stop);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Finds the ps task and serves one stream to its end, whatever ends it.</summary>
    private async Task OpenAsync(CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        try
        {
            if (await directory.FindAsync(task, _incarnation, stop) is not { } address)
            {
                TrainingLog.StoreNotFound(logger, task, _incarnation);
                return;
            }

            using var channel = directory.Connect(address);
            using var stream = new ExchangeStream(channel.Channel.Invoker, task, sink, end.Token);
            Volatile.Write(ref _break, end);
            _stream = stream;
            var failures = Volatile.Read(ref _failures);
            TrainingLog.StreamOpened(logger, task, address, failures);
            opened.Set(inline: false);
            await ServeAsync(stream, end, stop);
            if (!stop.IsCancellationRequested) TrainingLog.StreamEnded(logger, task);
        }
        catch (RpcException e) when (IsFarewell(e) && !stop.IsCancellationRequested)
        {
            TrainingLog.StreamEnded(logger, task);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            var reason = e is RpcException rpc ? rpc.Status.Detail : e.Message;
            TrainingLog.StreamBroken(logger, task, reason);
        }
        finally
        {
            _stream = null;
            Volatile.Write(ref _break, null);
        }
    }

    // A stream that is merely dropped is an exception in the log of the ps task: it is told, and ends it.
    private async Task ServeAsync(ExchangeStream stream, CancellationTokenSource end, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var receiving = stream.RunAsync();
        await Task.WhenAny(receiving, Task.Delay(Timeout.InfiniteTimeSpan, over.Token));
        if (!receiving.IsCompleted)
        {
            end.CancelAfter(_leaveLimit);
            await stream.CompleteAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await over.CancelAsync();
        await receiving;
    }

    // A process that stops closes its connections without an error, sometimes before the stream's own end is out.
    private static bool IsFarewell(RpcException e) => e.Status.DebugException is HttpProtocolException { ErrorCode: 0 };

    /// <summary>Whether sending failed since the stream is broken, of which its receiving task finds out too.</summary>
    public static bool IsBroken(Exception exception) =>
        exception is RpcException or IOException or InvalidOperationException or OperationCanceledException or MalformedFrameException;
}
