using Cluster.Contracts.Jobs;

namespace Cluster.Protocol.Evaluation;

/// <summary>What a model comes to over some examples, as sums that merge: added in a fixed order they give the same bits on any number of workers.</summary>
public sealed record EvaluationSums
{
    /// <summary>Examples summed over.</summary>
    public required long Examples { get; init; }

    /// <summary>Sums over the examples by name of the metric, <see cref="TrainingNames.Loss"/> among them.</summary>
    public required IReadOnlyDictionary<string, double> Sums { get; init; }

    /// <summary>Both together; these examples come first.</summary>
    public EvaluationSums Plus(EvaluationSums next)
    {
        return new EvaluationSums
        {
            Examples = Examples + next.Examples,
            Sums = Sums.ToDictionary(sum => sum.Key, sum => sum.Value + next.Sums[sum.Key], StringComparer.Ordinal),
        };
    }
}

/// <summary>A worker's share of an evaluation, as it is recorded.</summary>
public sealed record EvaluatedRange
{
    public required EvaluationSums Sums { get; init; }

    /// <summary>SHA-256 of the parameters as float32 little-endian in layout order, lower-case hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Values by name of the tensor, where the item asks for them and there are not more than <see cref="TrainingResult.MaxParameters"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<float>>? Parameters { get; init; }
}
