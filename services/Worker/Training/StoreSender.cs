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
    private const int Nobody = -1;

    private volatile int _sendingTo = Nobody;
    private long _sendingSince;

    /// <summary>Sends a ps task its slice of a gradient.</summary>
    /// <returns>Whether it was handed over.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> PushAsync(SegmentRun run, int task, WorkAction action, BlockGradient gradient, long seen)
    {
        if (Begin(task) is not { } stream) return false;
        IReadOnlyList<int> offsets = run.Context.Plan.Offsets;
        ReadOnlyMemory<float> slice = gradient.Sum[offsets[task]..offsets[task + 1]];
        bool isSent = true;
        try
        {
            await stream.PushAsync(run.Item.Generation, action.Block, action.Clock, gradient.Examples, slice, seen);
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            isSent = false;
        }

        _sendingTo = Nobody;
        return isSent;
    }

    /// <summary>Asks a ps task for parameters.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RequestAsync(SegmentRun run, WorkAction action)
    {
        if (Begin(action.Task) is not { } stream) return;
        try
        {
            await stream.RequestAsync(run.Item.Generation, action.Clock);
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            // See above.
        }

        _sendingTo = Nobody;
    }

    /// <summary>Attaches the item to a stream that was opened.</summary>
    public async ValueTask AttachAsync(SegmentRun run, int task, ulong worker)
    {
        if (Begin(task) is not { } stream) return;
        try
        {
            await stream.AttachAsync(run.JobId, run.Item.Generation, worker);
        }
        catch (Exception e) when (StoreLink.IsBroken(e))
        {
            // See above.
        }

        _sendingTo = Nobody;
    }

    /// <summary>Breaks the stream that a frame has been on its way to for too long; from any thread.</summary>
    /// <param name="isLeaving">The item is over: no patience.</param>
    public void BreakLate(bool isLeaving)
    {
        int task = _sendingTo;
        if (task != Nobody && (isLeaving || time.GetElapsedTime(Volatile.Read(ref _sendingSince)) > Limit)) stores.Link(task).Break();
    }

    private ExchangeStream? Begin(int task)
    {
        StorePeer peer = stores.Peer(task);
        lock (gate)
        {
            if (peer.Stream is null) return null;
            peer.Heard();
        }

        Volatile.Write(ref _sendingSince, time.GetTimestamp());
        _sendingTo = task;
        return peer.Stream;
    }
}
