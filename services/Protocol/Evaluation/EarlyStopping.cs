using System.Globalization;
using Cluster.Contracts.Jobs;

namespace Cluster.Protocol.Evaluation;

/// <summary>Whether a training job goes on after an evaluation: a pure function of its spec and its figures so far,
/// so that whoever decides again decides the same.</summary>
public static class EarlyStopping
{
    /// <summary>Takes the next evaluation in.</summary>
    /// <param name="spec">When to stop.</param>
    /// <param name="monitored">The metric that the spec names.</param>
    /// <param name="before">The evaluations so far; null before the first.</param>
    /// <param name="commit">The commit that was evaluated, with its figures.</param>
    /// <exception cref="ArgumentException">The figures do not have the monitored metric.</exception>
    public static StoppingDecision Decide(TrainingSpec spec, Metric monitored, EvaluationState? before, EvaluatedCommit commit)
    {
        var value = ValueOf(spec, commit.Figures);
        var isBest = before is null || IsBetter(monitored, value, ValueOf(spec, before.Best.Figures), 0);
        var isImproved = before is null || IsBetter(monitored, value, before.Reference, spec.MinDelta);
        var next = new EvaluationState
        {
            Last = commit.Figures,
            Best = isBest ? commit : before!.Best,
            Reference = isImproved ? value : before!.Reference,
            Waited = isImproved ? 0 : before!.Waited + 1,
        };
        return new StoppingDecision(next, Reason(spec, monitored, value, next));
    }

    /// <summary>The figures' value of the monitored metric.</summary>
    /// <exception cref="ArgumentException">They do not have it.</exception>
    public static double ValueOf(TrainingSpec spec, EvaluationFigures figures)
    {
        return figures.Values.TryGetValue(spec.Monitor, out var value)
            ? value
            : throw new ArgumentException($"monitor: {spec.Monitor}: the model has {string.Join(", ", figures.Values.Keys.Order(StringComparer.Ordinal))}",
            nameof(figures));
    }

    private static string? Reason(TrainingSpec spec, Metric monitored, double value, EvaluationState next)
    {
        if (spec.Target is { } target && (value == target || IsBetter(monitored, value, target, 0)))
            return string.Create(CultureInfo.InvariantCulture, $"target reached: {spec.Monitor} {value} at step {next.Last.Clock}");
        return spec.Patience > 0 && next.Waited >= spec.Patience
            ? string.Create(CultureInfo.InvariantCulture,
            $"stopped early: {spec.Monitor} has not improved for {next.Waited} evaluations at step {next.Last.Clock}")
            : null;
    }

    private static bool IsBetter(Metric monitored, double value, double than, double by) =>
        monitored.IsHigherBetter ? value > than + by : value < than - by;
}

/// <summary>What an evaluation came to.</summary>
/// <param name="State">The evaluations so far.</param>
/// <param name="Reason">Why the job ends at the commit that was evaluated; null where it goes on.</param>
public sealed record StoppingDecision(EvaluationState State, string? Reason);
