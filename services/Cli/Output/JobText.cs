using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Output;

/// <summary>Jobs in words.</summary>
internal static class JobText
{
    /// <summary>Values of a tensor, and tensors, that a partial result shows.</summary>
    private const int MaxShown = 4;

    public static string State(JobState state) => state switch
    {
        JobState.Pending => "pending",
        JobState.Running => "running",
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
        _ => "unknown",
    };

    /// <summary><c>pi-1a2b: running, 12.0 %, 120,000,000 of 1,000,000,000 points, 411 M points/s, 2.1 s left</c>.</summary>
    public static string ProgressLine(JobInfo job) => $"{job.Id}: {State(job.State)}, {string.Join(", ", Details(job))}".TrimEnd(',', ' ');

    /// <summary><c>12.0 %</c>, or nothing while the total is not known.</summary>
    public static string Share(JobProgress progress) => progress.Total > 0 ? Figures.Percent(progress.Fraction) : "";

    /// <summary><c>12.0 %, 120,000,000 of 1,000,000,000 points</c>, or nothing while the total is not known.</summary>
    public static string Done(JobProgress progress)
        => progress.Total > 0 ? $"{Share(progress)}, {Figures.Count(progress.Done)} of {Figures.Count(progress.Total)} {progress.Unit}".TrimEnd() : "";

    /// <summary>Rate and time left, or what the job waits for.</summary>
    public static string Pace(JobProgress progress) => progress switch
    {
        { State: JobState.Succeeded or JobState.Failed or JobState.Cancelled } => "",
        { WaitingFor.Length: > 0 } => $"waiting for {progress.WaitingFor}",
        { Remaining: { } remaining } => $"{Figures.Rate(progress.Rate, progress.Unit)}, {Figures.Time(remaining)} left",
        { Rate: > 0 } => Figures.Rate(progress.Rate, progress.Unit),
        _ => "",
    };

    /// <summary><c>2.4 k examples/s, training loss 0.158, committed 1,000, 2 steals, generation 2</c>: of these, what there is.</summary>
    public static string Training(TrainingProgress training) => string.Join(", ", TrainingDetails(training));

    /// <summary><c>partial result from /job:worker/task:0: w 1.98, b 0.21</c>.</summary>
    public static string PartialResultLine(PartialResult result)
    {
        var tensors = result.Parameters.Take(MaxShown).Select(t => $"{t.Name} {Figures.Values(t.Values, MaxShown, Figures.Rough)}");
        return $"partial result from {result.Task}: {string.Join(", ", tensors)}{(result.Parameters.Count > MaxShown ? ", …" : "")}";
    }

    private static IEnumerable<string> TrainingDetails(TrainingProgress training)
    {
        if (training.ExamplesRate > 0 && !training.Job.State.IsEnd()) yield return Figures.Rate(training.ExamplesRate, "examples");
        if (training.Loss is { } loss) yield return $"training loss {loss.ToString("G3", CultureInfo.InvariantCulture)}";
        if (training.LastEvaluation is { } last) yield return Evaluation(last, training.BestEvaluation);
        if (training.CommittedClock > 0) yield return $"committed {Figures.Count(training.CommittedClock)}";
        if (training.Steals > 0) yield return $"{Figures.Count(training.Steals)} steals";
        if (training.Generations > 1) yield return $"generation {Figures.Count(training.Generations)}";
        if (training.EndReason.Length > 0 && !training.Job.State.IsEnd()) yield return training.EndReason;
    }

    /// <summary><c>held-out accuracy 0.97, loss 0.1 at step 500 (best at 400)</c>;
    /// what is evaluated on the examples of the training begins with <c>evaluated (training)</c>.</summary>
    public static string Evaluation(EvaluationFigures last, EvaluationFigures? best)
    {
        var values = last.Values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key} {Figures.Number(v.Value)}");
        var set = last.Set == EvaluationSet.HeldOut ? EvaluationSets.HeldOut : $"evaluated ({EvaluationSets.Training})";
        return $"{set} {string.Join(", ", values)} at step {Figures.Count(last.Clock)}"
            + (best is null ? "" : $" (best at {Figures.Count(best.Clock)})");
    }

    private static IEnumerable<string> Details(JobInfo job)
    {
        var progress = job.Progress;
        if (Done(progress) is { Length: > 0 } done) yield return done;
        if (Pace(progress) is { Length: > 0 } pace) yield return pace;
        if (job.Training is { } training && Training(training) is { Length: > 0 } details) yield return details;
    }
}
