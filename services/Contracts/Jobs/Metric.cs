namespace Cluster.Contracts.Jobs;

/// <summary>A number that says how good a model is, as a sum over examples that merges.</summary>
/// <param name="Name">For people and specs: <c>accuracy</c>.</param>
/// <param name="IsHigherBetter">Whether more of it is better; of a loss less is.</param>
/// <param name="IsRoot">Whether it is the root of the mean, not the mean.</param>
public sealed record Metric(string Name, bool IsHigherBetter = false, bool IsRoot = false)
{
    /// <summary>The mean loss, without what L1 and L2 add to it.</summary>
    public static Metric Loss { get; } = new(TrainingNames.Loss);

    /// <summary>The part of the examples whose class the model names.</summary>
    public static Metric Accuracy { get; } = new("accuracy", IsHigherBetter: true);

    /// <summary>The root of the mean squared error.</summary>
    public static Metric Rmse { get; } = new("rmse", IsRoot: true);

    /// <summary>The metric over some examples.</summary>
    /// <param name="sum">Its sum over them.</param>
    /// <param name="examples">How many they are, at least 1.</param>
    public double Value(double sum, long examples) => IsRoot ? Math.Sqrt(sum / examples) : sum / examples;
}
