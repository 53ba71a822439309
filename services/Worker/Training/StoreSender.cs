using System.Runtime.CompilerServices;
using Cluster.DataPlane.Client;
using Cluster.Protocol.Workers;

namespace Cluster.Worker.Training;

/// <summary>Sends for the exchange loop, one frame at a time, and breaks the stream of a ps task that does not take a frame in time.</summary>
/// <remarks>
/// The loop sends; a timer breaks. What could not be sent is of no further interest: the stream's receiving task finds out
/// that it is broken and opens another one, and what was not answered is done again then. No call allocates.
/// </remarks>
internal sealed class StoreSender(StoreConnections stores, Lock gate, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LeavingLimit = TimeSpan.FromSeconds(1);
    private const int Nobody = -1;

    private volatile int _sendingTo = Nobody;
    private long _sendingSince;

    /// <summary>Sends a ps task its slice of a gradient.</summary>
    /// <returns>Whether it was handed over.</returns>
    public ValueTask<bool> PushAsync(SegmentRun run, int task, WorkAction action, BlockGradient gradient, long seen)
    {
        if (Begin(task) is not { } stream) return ValueTask.FromResult(false);
        var offsets = run.Context.Plan.Offsets;
        var slice = gradient.Sum[offsets[task]..offsets[task + 1]];
        return EndAsync(stream.PushAsync(run.Item.Generation, action.Block, action.Clock, gradient.Examples, slice, seen));
    }

    /// <summary>Asks a ps task for parameters.</summary>
    /// <returns>Whether it was handed over.</returns>
    public ValueTask<bool> RequestAsync(SegmentRun run, WorkAction action) =>
        Begin(action.Task) is { } stream ? EndAsync(stream.RequestAsync(run.Item.Generation, action.Clock)) : ValueTask.FromResult(false);

    /// <summary>Attaches the item to a stream that was opened.</summary>
    /// <returns>Whether it was handed over.</returns>
    public ValueTask<bool> AttachAsync(SegmentRun run, int task, ulong worker) =>
        Begin(task) is { } stream ? EndAsync(stream.AttachAsync(run.JobId, run.Item.Generation, worker)) : ValueTask.FromResult(false);

    /// <summary>Breaks the stream that a frame has been on its way to for too long; from any thread.</summary>
    /// <param name="isLeaving">The item is over: less patience, enough for a ps task that stops too to end its streams in order.</param>
    public void BreakLate(bool isLeaving)
    {
        var task = _sendingTo;
        var limit = isLeaving ? LeavingLimit : Limit;
        if (task != Nobody && time.GetElapsedTime(Volatile.Read(ref _sendingSince)) > limit) stores.Link(task).Break();
    }

    private ExchangeStream? Begin(int task)
    {
        var peer = stores.Peer(task);
        lock (gate)
        {
            if (peer.Stream is null) return null;
            peer.Heard();
        }

        Volatile.Write(ref _sendingSince, time.GetTimestamp());
        _sendingTo = task;
        return peer.Stream;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> EndAsync(ValueTask sending)
    {
        try
        {
            await sending;
            return true;
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            return false;
        }
        finally
        {
            _sendingTo = Nobody;
        }
    }
}
