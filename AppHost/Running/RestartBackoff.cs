namespace Cluster.AppHost.Running;

/// <summary>How long to wait before a process that died is started again.</summary>
/// <remarks>
/// 0.2 s, doubled with each death up to 5 s, less up to a quarter at random so that processes that died together do not
/// come back together. One that lived for 30 s starts anew at 0.2 s; one that did not, <see cref="MostInARow"/> times in a row, is given up.
/// </remarks>
internal sealed class RestartBackoff(TimeProvider time, Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.2);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(30);
    public const double Jitter = 0.25;
    public const int MostInARow = 10;

    private TimeSpan _next = First;
    private int _inARow;
    private long _started = time.GetTimestamp();

    /// <summary>The process has been started.</summary>
    public void Started() => _started = time.GetTimestamp();

    /// <summary>The process has ended.</summary>
    /// <returns>The wait before the next start; null where it is given up.</returns>
    public TimeSpan? Ended()
    {
        if (time.GetElapsedTime(_started) >= Forgiven) (_next, _inARow) = (First, 0);
        if (++_inARow > MostInARow) return null;
        var delay = _next * (1 - (Jitter * random.NextDouble()));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return delay;
    }
}
