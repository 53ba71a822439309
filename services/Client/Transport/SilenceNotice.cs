using System.Globalization;

namespace Cluster.Client.Transport;

/// <summary>
/// Says what a call waits for when nothing has been heard of the coordinator for a while; once for each silence, from any
/// thread. Twice the time passes before it is said again.
/// </summary>
internal sealed class SilenceNotice : IDisposable
{
    private readonly Action<string>? _tell;
    private readonly Uri _address;
    private readonly string _patience;
    private readonly Timer? _timer;
    private long _delayTicks;
    private volatile string _reason = "";

    /// <param name="options">When to say so, and to whom.</param>
    /// <param name="address">The coordinator's address.</param>
    /// <param name="limit">How long the call waits; infinite for as long as the connection stands.</param>
    public SilenceNotice(ClusterClientOptions options, Uri address, TimeSpan limit)
    {
        (_tell, _address, _delayTicks) = (options.NoAnswer, address, options.NoticeDelay.Ticks);
        _patience = limit == Timeout.InfiniteTimeSpan ? "waiting on" : $"waiting up to {Seconds(limit)}";
        if (_tell is not null) _timer = new Timer(_ => Tell(), null, options.NoticeDelay, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Delay => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));

    /// <summary>The coordinator was heard of, or is asked for something: the next silence begins now.</summary>
    public void Heard() => _timer?.Change(Delay, Timeout.InfiniteTimeSpan);

    /// <summary>Nothing is awaited of the coordinator now.</summary>
    public void Pause() => _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>An attempt failed, and another one follows.</summary>
    public void Failed(string reason) => _reason = $" ({reason})";

    public void Dispose() => _timer?.Dispose();

    private void Tell()
    {
        var delay = Delay;
        Interlocked.Exchange(ref _delayTicks, delay.Ticks * 2);
        _tell!($"no answer from {_address.GetLeftPart(UriPartial.Authority)} for {Seconds(delay)}; {_patience}{_reason}");
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
