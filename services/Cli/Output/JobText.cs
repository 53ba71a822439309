using Cluster.Client.Jobs;

namespace Cluster.Cli.Output;

/// <summary>Jobs in words.</summary>
internal static class JobText
{
    public static string State(JobState state) => state switch
    {
        JobState.Pending => "pending",
        JobState.Running => "running",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        _ => "unknown",
    };

    /// <summary><c>pi 1a2b: running, 12.0 %, 120,000,000 of 1,000,000,000 points, 411 M points/s, 2.1 s left</c>.</summary>
    public static string ProgressLine(JobInfo job) => $"{job.Kind} {job.Id}: {State(job.State)}, {string.Join(", ", Details(job.Progress))}".TrimEnd(',', ' ');

    /// <summary><c>12.0 %</c>, or nothing while the total is not known.</summary>
    public static string Share(JobProgress progress) => progress.Total > 0 ? Figures.Percent(progress.Fraction) : "";

    /// <summary>Rate and time left, or what the job waits for.</summary>
    public static string Pace(JobProgress progress) => progress switch
    {
        { State: JobState.Succeeded or JobState.Failed or JobState.Cancelled } => "",
        { WaitingFor.Length: > 0 } => $"waiting for {progress.WaitingFor}",
        { Remaining: { } remaining } => $"{Figures.Rate(progress.Rate, progress.Unit)}, {Figures.Time(remaining)} left",
        { Rate: > 0 } => Figures.Rate(progress.Rate, progress.Unit),
        _ => "",
    };

    private static IEnumerable<string> Details(JobProgress progress)
    {
        if (progress.Total > 0) yield return $"{Share(progress)}, {Figures.Count(progress.Done)} of {Figures.Count(progress.Total)} {progress.Unit}";
        if (Pace(progress) is { Length: > 0 } pace) yield return pace;
    }
}
