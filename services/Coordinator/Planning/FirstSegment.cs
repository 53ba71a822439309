using Cluster.Contracts.Jobs;
using Cluster.Protocol.Plans;

namespace Cluster.Coordinator.Planning;

/// <summary>How many clocks the first segment of a job takes, before anything of its speed is known.</summary>
internal static class FirstSegment
{
    /// <summary>Where a step is short: many, so that the commit after them is worth it.</summary>
    public const long Most = 32;

    // Of a slow core and a dense model: two floating-point operations a weight and example forward, four backward.
    private const double OperationsPerSecond = 1e9;
    private const double OperationsPerWeight = 6;
    private const double Seconds = 0.5;

    /// <summary>As many clocks as one core does in half a second, were all parameters weights of a dense model;
    /// one where nobody knows what a step takes.</summary>
    public static long Clocks(TrainingPlan plan)
    {
        if (plan.Spec.Model is not (TrainingNames.Linear or TrainingNames.Logistic or TrainingNames.Softmax or TrainingNames.Mlp)) return 1;
        var step = OperationsPerWeight * plan.Parameters * Math.Min(plan.TrainRows, plan.Schedule().StepExamples) / OperationsPerSecond;
        return Math.Clamp((long)(Seconds / step), 1, Most);
    }
}
