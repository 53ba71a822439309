using Cluster.Client.Jobs;
using Cluster.Client.Summaries;
using Cluster.Contracts.Jobs;

namespace Cluster.Cli.Output;

/// <summary>The curves of a training job that is watched, drawn in a line each. For one thread at a time.</summary>
internal sealed class SummaryCurves
{
    /// <summary>Columns of a curve: of more points, each column shows the mean of its share.</summary>
    public const int Width = 48;

    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>What people read for <see cref="SummaryNames.Loss"/>, which is of the batches that are trained on.</summary>
    public const string TrainingLoss = $"{SummaryNames.Loss} ({EvaluationSets.Training})";

    private readonly SortedDictionary<long, double> _losses = [];
    private readonly SortedDictionary<long, double> _evaluations = [];
    private string _metric = "";
    private string _set = SummaryNames.Evaluation;

    /// <summary>Takes in what was measured before.</summary>
    public void Add(IEnumerable<SummaryPoint> points)
    {
        foreach (var point in points)
        {
            if (point.Values.TryGetValue(SummaryNames.Loss, out var loss)) _losses[point.Clock] = loss;
            foreach (var (name, value) in point.Values.Where(v => v.Key.StartsWith(SummaryNames.Evaluation, StringComparison.Ordinal)))
                AddEvaluation(point.Clock, name[SummaryNames.Evaluation.Length..], value);
        }
    }

    /// <summary>Takes in what the job says of itself now.</summary>
    public void Add(TrainingProgress training)
    {
        if (training is { CommittedClock: > 0, Loss: { } loss }) _losses[training.CommittedClock] = loss;
        if (training.LastEvaluation is not { } last) return;
        _set = $"{EvaluationSets.NameOf(last.Set)} ";
        foreach (var (name, value) in last.Values) AddEvaluation(last.Clock, name, value);
    }

    /// <summary>The lines to show; none before there are two points.</summary>
    public IEnumerable<string> Lines()
    {
        if (_losses.Count > 1) yield return Line(TrainingLoss, [.. _losses.Values]);
        if (_evaluations.Count > 1) yield return Line(_set + _metric, [.. _evaluations.Values]);
    }

    /// <summary><c>loss (training)  █▆▃▂▁  0.158 (0.151 to 5.2)</c>.</summary>
    public static string Line(string name, IReadOnlyList<double> values)
    {
        var (least, most) = (values.Min(), values.Max());
        return $"{name,-22} {Curve(values, least, most)} {Figures.Number(values[^1])} ({Figures.Number(least)} to {Figures.Number(most)})";
    }

    private static string Curve(IReadOnlyList<double> values, double least, double most)
    {
        var columns = Math.Min(Width, values.Count);
        var means = Enumerable.Range(0, columns).Select(column => Enumerable
            .Range(values.Count * column / columns, (values.Count * (column + 1) / columns) - (values.Count * column / columns)).Average(i => values[i]));
        var range = most - least;
        return string.Concat(means.Select(
            mean => Bars[range > 0 && double.IsFinite(range) ? (int)Math.Clamp((mean - least) / range * Bars.Length, 0, Bars.Length - 1) : 0]));
    }

    // One metric is drawn: the one that is not the loss, where there is another.
    private void AddEvaluation(long clock, string metric, double value)
    {
        if (_metric.Length > 0 && metric != _metric && (metric == SummaryNames.Loss || _metric != SummaryNames.Loss)) return;
        if (metric != _metric) _evaluations.Clear();
        _metric = metric;
        _evaluations[clock] = value;
    }
}
