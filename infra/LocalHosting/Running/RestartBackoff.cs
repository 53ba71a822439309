namespace Cluster.LocalHosting.Running;

/// <summary>How long to wait before a child that died is started again.</summary>
/// <remarks>
/// 0.2 s, doubled with each death up to 5 s, less up to a quarter at random so that children that died together do not
/// come back together. A child that lived for 30 s starts anew at 0.2 s.
/// </remarks>
internal sealed class RestartBackoff(TimeProvider time, Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.2);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Forgiven = TimeSpan.FromSeconds(30);
    public const double Jitter = 0.25;

    private TimeSpan _next = First;
    private long _started = time.GetTimestamp();

    /// <summary>The child has been started.</summary>
    public void Started() => _started = time.GetTimestamp();

    /// <summary>The child has ended.</summary>
    /// <returns>The wait before the next start.</returns>
    public TimeSpan Ended()
    {
        if (time.GetElapsedTime(_started) >= Forgiven)
            _next = First;
        var delay = _next * (1 - (Jitter * random.NextDouble()));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return delay;
    }
}
