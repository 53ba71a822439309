using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Parameters;

namespace Cluster.ParameterStore.Models;

/// <summary>A worker's stream on a model, from its Attach to the next one or to the stream's end.</summary>
/// <param name="sender">The stream's sender.</param>
/// <param name="number">Number of the Attach, which answers carry.</param>
/// <param name="worker">Who works.</param>
/// <param name="cut">Breaks the stream.</param>
internal sealed class Attachment(FrameSender sender, uint number, ulong worker, Action cut)
{
    private readonly WakeUp _given = new();
    private StagedGradient? _staging;
    private volatile bool _isHanded;
    private volatile bool _isOver;

    public FrameSender Sender { get; } = sender;

    public uint Number { get; } = number;

    public ulong Worker { get; } = worker;

    /// <summary>Whether the model has let it go; set by the owner.</summary>
    public bool IsOver => _isOver;

    /// <summary>The buffer for the next push, once the owner has dealt with the one before; null when the model let the attachment go.</summary>
    public async ValueTask<StagedGradient?> StagingAsync()
    {
        while (true)
        {
            if (_isOver) return null;
            if (!_isHanded && Volatile.Read(ref _staging) is { } staging) return staging;
            await _given.WaitAsync();
        }
    }

    /// <summary>The reader hands the filled buffer to the owner, together with a push; until it is given another one it has none.</summary>
    public void Hand() => _isHanded = true;

    /// <summary>The owner hands a buffer to the stream's reader.</summary>
    public void Give(StagedGradient staging)
    {
        Volatile.Write(ref _staging, staging);
        _isHanded = false;
        // The owner goes on at once: a reader that waits here has a large push to receive.
        _given.Set(inline: false);
    }

    /// <summary>The owner takes the buffer.</summary>
    public StagedGradient? Take() => Interlocked.Exchange(ref _staging, null);

    public void End()
    {
        _isOver = true;
        _given.Set(inline: false);
    }

    public void Cut() => cut();

    /// <summary>Sends a frame without floats; a worker that does not read its answers is cut off.</summary>
    public void Post(in FrameHeader header)
    {
        if (!Sender.TryPost(header with { Attachment = Number })) Cut();
    }
}
