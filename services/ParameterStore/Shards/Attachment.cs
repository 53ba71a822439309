using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Shards;
using Grpc.Core;

namespace Cluster.ParameterStore.Shards;

/// <summary>A worker's stream on a shard, from its Attach to the next one or to the stream's end.</summary>
/// <param name="sender">The stream's sender.</param>
/// <param name="number">Number of the Attach, which answers carry.</param>
/// <param name="worker">Who works.</param>
/// <param name="cut">Ends the stream.</param>
internal sealed class Attachment(FrameSender sender, uint number, ulong worker, StreamCut cut)
{
    private readonly WakeUp _given = new();
    private PooledVector? _gradient;
    private volatile bool _isOver;

    public FrameSender Sender { get; } = sender;

    public uint Number { get; } = number;

    public ulong Worker { get; } = worker;

    /// <summary>Whether the shard has let it go; set by the owner.</summary>
    public bool IsOver => _isOver;

    /// <summary>The vector for the next push, once the owner has given one; null when the shard let the attachment go.</summary>
    public async ValueTask<PooledVector?> GradientAsync()
    {
        while (true)
        {
            if (_isOver) return null;
            if (Volatile.Read(ref _gradient) is { } gradient) return gradient;
            await _given.WaitAsync();
        }
    }

    /// <summary>The owner hands a vector to the stream's reader.</summary>
    public void Give(PooledVector gradient)
    {
        Interlocked.Exchange(ref _gradient, gradient)?.Release();
        // The owner goes on at once: a reader that waits here has a large push to receive.
        _given.Set(inline: false);
    }

    /// <summary>Takes the vector: the reader with a whole push, or the owner when the attachment ends.</summary>
    public PooledVector? Take() => Interlocked.Exchange(ref _gradient, null);

    public void End()
    {
        _isOver = true;
        _given.Set(inline: false);
    }

    /// <summary>Ends the stream in order.</summary>
    public void Leave() => cut.Leave();

    /// <summary>Breaks the stream.</summary>
    public void Cut() => cut.Abort();

    /// <summary>Lets it go and ends the stream with a status.</summary>
    public void Refuse(StatusCode code, string detail)
    {
        End();
        cut.Refuse(code, detail);
    }

    /// <summary>Sends a frame without floats; a worker that does not read its answers is cut off.</summary>
    public void Post(in FrameHeader header)
    {
        if (!Sender.TryPost(header with { Attachment = Number })) Cut();
    }
}
