using System.Globalization;
using Cluster.Cli.Output;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Reports;

/// <summary>Training in tables, for people.</summary>
internal static class TrainingReport
{
    /// <summary>Values of a tensor that are shown; all are in the JSON.</summary>
    private const int MaxValues = 8;

    /// <summary>What a training job came to.</summary>
    public static void Write(TextWriter output, TrainedModel model)
    {
        var table = new TextTable("loss", $"{Figures.Number(model.Loss)} ({EvaluationSets.Training})");
        foreach (var (name, values) in model.Parameters ?? new Dictionary<string, IReadOnlyList<float>>())
            table.Add(name, Figures.Values(values, MaxValues, Figures.Number));
        if (model.LastEvaluation is { } last) table.Add("last", Evaluation(last));
        if (model.BestEvaluation is { } best) table.Add("best", Evaluation(best));
        if (model.End.Length > 0) table.Add("end", model.End);
        table.Add("steps", $"{Figures.Count(model.Steps)}, {model.Mode}, {Figures.Count(model.Lanes, "lane")}");
        table.Add("examples", Figures.Count(model.Examples));
        if (model.Elapsed > TimeSpan.Zero) table.Add("speed", Speed(model));
        table.Add("time", $"{model.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)} s");
        foreach (var warning in model.Warnings) table.Add("warning", warning);
        table.Add("fingerprint", model.Fingerprint);
        table.Add("job", model.JobId);
        table.Write(output);
    }

    /// <summary>What a training job took so far, as rows of its record.</summary>
    public static void AddTo(TextTable table, TrainingProgress training)
    {
        table.Add("training", $"{Figures.Count(training.Lanes, "lane")} on {Figures.Count(training.ParameterStores, "parameter store")}");
        if (training.StepExamples > 0)
            table.Add("step", $"{Figures.Count(training.StepExamples)} examples, {Figures.Count(training.StepsPerEpoch, "step")} an epoch");
        if (training.Expected is { } expected)
            table.Add("expected", $"about {Figures.Time(expected)}, by its first {Figures.Count(training.ExpectedFromSteps)} steps");
        table.Add("committed", $"clock {Figures.Count(training.CommittedClock)}, {Figures.Count(training.CommittedExamples)} examples");
        table.Add("examples", training.ExamplesRate > 0
            ? $"{Figures.Count(training.Examples)}, {Figures.Rate(training.ExamplesRate, "examples")}"
            : Figures.Count(training.Examples));
        if (training.Loss is { } loss) table.Add("loss", $"{Figures.Number(loss)} ({EvaluationSets.Training})");
        if (training.LastEvaluation is { } last) table.Add("last", Evaluation(last));
        if (training.BestEvaluation is { } best) table.Add("best", Evaluation(best));
        if (training.EndReason.Length > 0) table.Add("end", training.EndReason);
        foreach (var warning in training.Warnings) table.Add("warning", warning);
        table.Add("segments", Figures.Count(training.Segments));
        table.Add("commits", Figures.Count(training.Commits));
        table.Add("generations", Figures.Count(training.Generations));
        table.Add("steals", Figures.Count(training.Steals));
        table.Add("refusals", Refusals(training));
        if (training.Staleness.Count > 0) table.Add("staleness", Staleness(training.Staleness));
    }

    private static string Evaluation(EvaluationFigures figures) => $"{JobText.Evaluation(figures, null)}, fingerprint {figures.Fingerprint}";

    private static string Speed(TrainedModel model)
        => $"{Figures.Rate(model.Steps / model.Elapsed.TotalSeconds, "steps")}, {Figures.Rate(model.Examples / model.Elapsed.TotalSeconds, "examples")}";

    /// <summary><c>0: 1,200, 1: 310, 3: 2 (clocks: gradients)</c>.</summary>
    private static string Staleness(IReadOnlyList<long> counts)
    {
        var used = counts.Select((count, clocks) => (count, clocks)).Where(bucket => bucket.count > 0);
        var texts = used.Select(bucket => $"{(bucket.clocks > TrainingSpec.MaxStaleness ? $"over {TrainingSpec.MaxStaleness}" : bucket.clocks)}: "
            + $"{Figures.Count(bucket.count)}");
        return $"{string.Join(", ", texts)} (clocks: gradients)";
    }

    private static string Refusals(TrainingProgress training) => training.Refusals.Count == 0
        ? "0"
        : string.Join(", ", training.Refusals.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{Figures.Count(r.Value)} {r.Key}"));
}
