using Cluster.DataPlane.Client;

namespace Cluster.Worker.Training;

/// <summary>What the exchange loop notes of one ps task for the item under way. Guarded by the loop's lock.</summary>
internal sealed class StorePeer(TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private long _heard;
    private long _refusedAt;
    private TimeSpan _wait;
    private int _refusals;
    private bool _isRefused;

    /// <summary>The stream on which the item is attached; null where it is to be attached.</summary>
    public ExchangeStream? Stream { get; private set; }

    public void Begin() => (Stream, _refusals, _isRefused) = (null, 0, false);

    public void Attach(ExchangeStream stream)
    {
        (Stream, _isRefused) = (stream, false);
        Heard();
    }

    /// <summary>Something came from it, or was sent to it: its silence begins anew.</summary>
    public void Heard() => _heard = time.GetTimestamp();

    /// <summary>It does not take what it was sent yet: it is asked again after a while.</summary>
    /// <param name="attach">Whether the item is to be attached again before that.</param>
    public void Refuse(bool attach)
    {
        if (attach) Stream = null;
        if (_isRefused) return;
        (_isRefused, _refusedAt, _wait) = (true, time.GetTimestamp(), Backoff.Of(++_refusals, FirstWait, LongestWait));
    }

    /// <summary>The work goes on: the next refusal is the first one.</summary>
    public void GoOn() => _refusals = 0;

    /// <summary>Whether the item can be attached to the stream that is open now.</summary>
    public bool IsAttachDue(ExchangeStream? open) => open is not null && open != Stream && (!_isRefused || HasWaited);

    /// <summary>Whether it is to be asked again for what it has not answered; that begins a new wait.</summary>
    public bool TakeResendDue(TimeSpan silence)
    {
        if (Stream is null) return false;
        var isDue = _isRefused ? HasWaited : time.GetElapsedTime(_heard) > silence;
        if (!isDue) return false;
        _isRefused = false;
        Heard();
        return true;
    }

    private bool HasWaited => time.GetElapsedTime(_refusedAt) >= _wait;
}
