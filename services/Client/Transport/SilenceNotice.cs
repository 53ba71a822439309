using System.Globalization;

namespace Cluster.Client.Transport;

/// <summary>Says what a call waits for when nothing has been heard of the coordinator for a while; once for each silence, from any thread.</summary>
internal sealed class SilenceNotice : IDisposable
{
    private readonly TimeSpan _delay;
    private readonly Timer? _timer;
    private volatile string _reason = "";

    /// <param name="options">When to say so, and to whom.</param>
    /// <param name="address">The coordinator's address.</param>
    /// <param name="limit">How long the call waits; infinite for as long as the connection stands.</param>
    public SilenceNotice(ClusterClientOptions options, Uri address, TimeSpan limit)
    {
        _delay = options.NoticeDelay;
        if (options.NoAnswer is not { } tell) return;
        var patience = limit == Timeout.InfiniteTimeSpan ? "waiting on" : $"waiting up to {Seconds(limit)}";
        var text = $"no answer from {address.GetLeftPart(UriPartial.Authority)} for {Seconds(_delay)}; {patience}";
        _timer = new Timer(_ => tell(text + _reason), null, _delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The coordinator was heard of: the next silence begins now.</summary>
    public void Heard() => _timer?.Change(_delay, Timeout.InfiniteTimeSpan);

    /// <summary>An attempt failed, and another one follows.</summary>
    public void Failed(string reason) => _reason = $" ({reason})";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");

    public void Dispose() => _timer?.Dispose();
}
