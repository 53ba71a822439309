namespace Cluster.Contracts.Jobs;

/// <remarks>
/// What an optimizer and the schedule of its rate can be told; null for what <see cref="OptimizerSetting.All"/> says is the
/// default. A setting that the optimizer or schedule does not have is refused.
/// </remarks>
public sealed partial record TrainingSpec
{
    /// <summary>What each ps task holds, one of <see cref="TrainingNames.Placements"/>; null for ranges.</summary>
    public string? ParameterPlacement { get; init; }

    /// <summary>Most steps of a warm-up or decay.</summary>
    public const long MaxScheduleSteps = 1_000_000_000_000;

    /// <summary>Part of the last step that the next one keeps; of momentum and nesterov.</summary>
    public float? Momentum { get; init; }

    /// <summary>Decay of the mean of gradients; of adam and adamw.</summary>
    public float? Beta1 { get; init; }

    /// <summary>Decay of the mean of squared gradients; of adam and adamw.</summary>
    public float? Beta2 { get; init; }

    /// <summary>What is added to the root of that mean; of adam and adamw.</summary>
    public float? Epsilon { get; init; }

    /// <summary>Part of each parameter, times the rate, that a step takes away; of adamw.</summary>
    public float? WeightDecay { get; init; }

    /// <summary>The β of ftrl.</summary>
    public float? FtrlBeta { get; init; }

    /// <summary>Weight of Σ|w| in what is minimised; of ftrl.</summary>
    public float? L1 { get; init; }

    /// <summary>Weight of ½Σw² in what is minimised, biases included; of all but adamw.</summary>
    public float? L2 { get; init; }

    /// <summary>How the learning rate falls, one of <see cref="TrainingNames.Schedules"/>; null for constant.</summary>
    public string? Schedule { get; init; }

    /// <summary>Steps over which the rate rises from almost 0.</summary>
    public long? WarmupSteps { get; init; }

    /// <summary>Steps of a decay; of the cosine all that come after the warm-up where it is null.</summary>
    public long? DecaySteps { get; init; }

    /// <summary>By what a decay multiplies the rate; of the cosine what is left at its end.</summary>
    public float? DecayFactor { get; init; }
}
