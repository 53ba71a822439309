using System.Globalization;
using Cluster.Cli.Invocation;
using Cluster.Cli.Output;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Reports;

/// <summary>How a job ended, on standard output.</summary>
internal static class JobReport
{
    /// <summary>The result of a job that ended, in its kind's own form.</summary>
    public static void WriteResult(CommandRun run, JobInfo job)
    {
        if (job.Kind == JobKinds.Pi) WritePi(run, PiResult.FromJob(job));
        else if (PriceResult.IsPrice(job)) PriceReport.Write(run, PriceResult.FromJob(job));
        else if (job.Kind == JobKinds.Op) OpReport.Write(run, OpResult.FromJob(job));
        else if (job.Kind == JobKinds.Training) WriteModel(run, TrainedModel.FromJob(job));
        else WriteJob(run, job);
    }

    /// <summary>What is on record of a job.</summary>
    public static void WriteJob(CommandRun run, JobInfo job)
    {
        if (run.Json)
        {
            JsonLine.Write(run.Output, json => JobJson.Write(json, job));
            return;
        }

        var progress = job.Progress;
        var table = new TextTable("job", job.Id);
        table.Add("kind", job.Kind);
        table.Add("state", JobText.State(job.State));
        table.Add("spec", job.Spec?.GetRawText() ?? "");
        table.Add("submitted", Figures.Moment(job.SubmittedAt));
        table.Add("started", Figures.Moment(job.StartedAt));
        table.Add("ended", Figures.Moment(job.EndedAt));
        table.Add("progress", $"{JobText.Done(progress)} {JobText.Pace(progress)}".Trim());
        table.Add("items", $"{progress.ItemsDone} done, {progress.ItemsOutstanding} outstanding, {progress.ItemsRepublished} published again, "
            + $"{progress.ItemsTakenOver} taken over, {progress.ItemsFailed} failed");
        table.Add("chiefs", Figures.Count(progress.Chiefs));
        table.Add("generation", job.Generation);
        if (job.SubmissionKey.Length > 0) table.Add("key", job.SubmissionKey);
        if (job.Training is { } training) TrainingReport.AddTo(table, training);
        if (job.Result is { } result) table.Add("result", result.GetRawText());
        if (job.Error.Length > 0) table.Add("error", job.Error);
        table.Write(run.Output);
    }

    private static void WritePi(CommandRun run, PiResult result)
    {
        if (run.Json) JsonLine.Write(run.Output, json => JobJson.Write(json, result));
        else WritePi(run.Output, result);
    }

    private static void WriteModel(CommandRun run, TrainedModel model)
    {
        if (run.Json) JsonLine.Write(run.Output, json => TrainingJson.Write(json, model));
        else TrainingReport.Write(run.Output, model);
    }

    private static void WritePi(TextWriter output, PiResult result)
    {
        var rate = result.Elapsed > TimeSpan.Zero ? Figures.Rate(result.Points / result.Elapsed.TotalSeconds, "points") : "";
        output.WriteLine($"π ≈ {Figures.Estimate(result.Pi, result.StandardError)} (standard error)");
        var table = new TextTable("inside", $"{Figures.Count(result.Inside)} of {Figures.Count(result.Points)} points, seed {result.Seed}");
        table.Add("speed", rate);
        table.Add("time", $"{result.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s");
        table.Add("job", result.JobId);
        table.Write(output);
    }
}
