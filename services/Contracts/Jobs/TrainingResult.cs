namespace Cluster.Contracts.Jobs;

/// <summary>What a training job comes to, as its record holds it: computed from the last commit.</summary>
public sealed record TrainingResult
{
    /// <summary>Most parameters that a result spells out; those of larger models are in the snapshot only.</summary>
    public const int MaxParameters = 65_536;

    public required string Mode { get; init; }

    public required int Lanes { get; init; }

    /// <summary>Clock of all lanes.</summary>
    public required long Steps { get; init; }

    /// <summary>Examples contributed, as the ps tasks counted them when they applied them.</summary>
    public required long Examples { get; init; }

    /// <summary>Mean loss over the training set at the final parameters, whether or not rows were held out.</summary>
    public required double Loss { get; init; }

    /// <summary>What <see cref="Loss"/> is over, for those who read the record.</summary>
    public string LossSet { get; init; } = EvaluationSets.Training;

    /// <summary>What the user ought to look at, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Values by name of the tensor, in layout order; null where there are more than <see cref="MaxParameters"/>.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<float>>? Parameters { get; init; }

    /// <summary>Why it ended: <c>epochs</c>, <c>steps</c>, or what was decided on the way.</summary>
    public string End { get; init; } = "";

    /// <summary>The last commit over the examples that it was evaluated on; null where it was evaluated at the end only.</summary>
    public EvaluationFigures? LastEvaluation { get; init; }

    /// <summary>The kept commit with the best value of the monitored metric; null where it was evaluated at the end only.</summary>
    public EvaluationFigures? BestEvaluation { get; init; }

    /// <summary>SHA-256 of the parameters as float32 little-endian in layout order, lower-case hexadecimal.</summary>
    public required string Fingerprint { get; init; }
}
