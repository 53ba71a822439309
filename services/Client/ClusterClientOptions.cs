namespace Cluster.Client;

/// <summary>Time limits of a client, and what it does when the coordinator is away.</summary>
public sealed record ClusterClientOptions
{
    /// <summary>Time for one call, its repetitions included; for a submission, time for its first attempt. Default 10 s; more than zero.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a call is repeated when the coordinator does not answer. Default 5; 0 means not at all.</summary>
    public int CallRetries { get; init; } = 5;

    /// <summary>First pause before a repetition; each further one doubles, with jitter. Default 100 ms; more than zero.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before a repetition. Default 3 s; at least <see cref="RetryDelay"/>.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long the coordinator may be away of a job that is watched, or of one that was submitted and may have been accepted:
    /// the submission is repeated with its key until the cluster says. Default 2 min; more than zero.
    /// </summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A watch asks anew after this time, so that no stream outlives what it watches. Default 10 min; more than zero.</summary>
    public TimeSpan WatchStreamTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the coordinator may take nothing of a file that is sent to it. Default 2 min; more than zero.</summary>
    public TimeSpan DataStallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the coordinator may be silent before <see cref="NoAnswer"/> is told. Default 2 s; more than zero.</summary>
    public TimeSpan NoticeDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Called when a call waits for an answer for longer than <see cref="NoticeDelay"/>, once for each silence, from any
    /// thread; the text says for how long it goes on.
    /// </summary>
    public Action<string>? NoAnswer { get; init; }

    /// <summary>Called when a watch lost the coordinator and tries to reach it again, once for each loss; the text says why.</summary>
    public Action<string>? ConnectionLost { get; init; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(CallRetries);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReconnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WatchStreamTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DataStallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(NoticeDelay, TimeSpan.Zero);
    }
}
