namespace Cluster.Client.Jobs;

/// <summary>How far a job is.</summary>
public sealed record JobProgress
{
    public required string JobId { get; init; }

    public required JobState State { get; init; }

    /// <summary>Units done.</summary>
    public long Done { get; init; }

    /// <summary>Units in all; 0 while that is not known. Of a job that was cancelled or failed those that were planned;
    /// of one that succeeded those that it took.</summary>
    public long Total { get; init; }

    /// <summary>What a unit is: <c>points</c>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Units a second over the last seconds; 0 while that is not known.</summary>
    public double Rate { get; init; }

    public long ItemsDone { get; init; }

    /// <summary>Items that workers have, or that wait in their queues.</summary>
    public long ItemsOutstanding { get; init; }

    /// <summary>Items that were handed out again, whatever the reason.</summary>
    public long ItemsRepublished { get; init; }

    /// <summary>Items that a worker reported as failed.</summary>
    public long ItemsFailed { get; init; }

    /// <summary>Items that a worker took over from one that had begun and not finished them.</summary>
    public long ItemsTakenOver { get; init; }

    /// <summary>Chiefs that have run the job: one more for each restart of the coordinator.</summary>
    public long Chiefs { get; init; }

    /// <summary>What the job waits for; empty while it does not.</summary>
    public string WaitingFor { get; init; } = "";

    /// <summary>Share done, 0 to 1.</summary>
    public double Fraction => Total > 0 ? Math.Clamp((double)Done / Total, 0, 1) : 0;

    /// <summary>Time to the end at the present rate; null while that is not known or longer than a hundred years.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            var seconds = (Total - Done) / Rate;
            return Total > 0 && Rate > 0 && seconds < 100 * 365.0 * 86400 ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;
        }
    }
}
