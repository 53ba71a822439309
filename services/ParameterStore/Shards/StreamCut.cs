using Grpc.Core;

namespace Cluster.ParameterStore.Shards;

/// <summary>Ends a stream from any thread and without waiting, unless it has ended: the server uses a request's context again for the next one.</summary>
internal sealed class StreamCut(HttpContext context) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _leave = new();
    private RpcException? _refusal;
    private bool _hasEnded;

    /// <summary>Why the stream is to end; null while it is not, and when it breaks.</summary>
    public RpcException? Refusal
    {
        get
        {
            lock (_gate) return _refusal;
        }
    }

    /// <summary>Wakes the stream's reader when the stream is to end and nobody is to blame.</summary>
    public CancellationToken Leaving => _leave.Token;

    /// <summary>Ends the stream in order: the shard is closed, or the process stops.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (!_hasEnded) _leave.Cancel();
        }
    }

    /// <summary>Breaks the stream: its worker does not read.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            if (!_hasEnded) context.Abort();
        }
    }

    /// <summary>Ends the stream with a status; its reader wakes up from the frame that it waits for, or at the next one.</summary>
    public void Refuse(StatusCode code, string detail)
    {
        lock (_gate)
        {
            if (_hasEnded || _refusal is not null) return;
            _refusal = new RpcException(new Status(code, detail));
            context.Request.BodyReader.CancelPendingRead();
        }
    }

    public void End()
    {
        lock (_gate) _hasEnded = true;
    }

    public void Dispose() => _leave.Dispose();
}
