using Cluster.Contracts.Jobs;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Jobs;

/// <summary>The coordinator's messages on training as the client's types.</summary>
internal static class TrainingMapping
{
    private const double MaxSeconds = 1e10;

    public static TrainingProgress ToProgress(this V1.TrainingProgress training, JobProgress job) => new()
    {
        Job = job,
        Lanes = training.Lanes,
        ParameterStores = training.ParameterStores,
        CommittedClock = training.CommittedClock,
        CommittedExamples = training.CommittedExamples,
        Segments = training.Segments,
        Commits = training.Commits,
        Generations = training.Generations,
        Steals = training.Steals,
        Refusals = training.Refusals.ToDictionary(),
        Loss = training.HasLoss ? training.Loss : null,
        Examples = training.Examples,
        ExamplesRate = training.ExamplesRate,
        LastEvaluation = training.LastEvaluation?.ToFigures(),
        BestEvaluation = training.BestEvaluation?.ToFigures(),
        EndReason = training.EndReason,
        Warnings = [.. training.Warnings],
        StepExamples = training.StepExamples,
        StepsPerEpoch = training.StepsPerEpoch,
        Staleness = [.. training.Staleness],
        Expected = training.ExpectedSeconds > 0 ? TimeSpan.FromSeconds(Math.Min(training.ExpectedSeconds, MaxSeconds)) : null,
        ExpectedFromSteps = training.ExpectedFromSteps,
    };

    private static EvaluationFigures ToFigures(this V1.Evaluation evaluation) => new()
    {
        Clock = evaluation.Clock,
        Set = evaluation.IsHeldOut ? EvaluationSet.HeldOut : EvaluationSet.Training,
        Examples = evaluation.Examples,
        Values = evaluation.Values.ToDictionary(),
        Fingerprint = evaluation.Fingerprint,
    };

    public static PartialResult ToResult(this V1.PartialResult result)
        => new(result.Task, result.Clock, [.. result.Parameters.Select(p => new NamedTensor(p.Name, [.. p.Values]))]);
}
