namespace Cluster.Contracts.Jobs;

/// <summary>A number that some optimizers have: who validates a spec or asks people for one goes through <see cref="All"/>.</summary>
/// <param name="Name">Of the field in the spec.</param>
/// <param name="Meaning">For people, without range and default.</param>
/// <param name="Optimizers">Those that have it.</param>
/// <param name="Default">What it is where the spec is silent.</param>
/// <param name="Limit">Its range in words: <c>must be …</c>.</param>
/// <param name="IsWithin">Its range.</param>
/// <param name="Read">The spec's value; null where it is silent.</param>
/// <param name="Write">The spec with another value.</param>
public sealed record OptimizerSetting(
    string Name,
    string Meaning,
    IReadOnlyList<string> Optimizers,
    float Default,
    string Limit,
    Func<float, bool> IsWithin,
    Func<TrainingSpec, float?> Read,
    Func<TrainingSpec, float?, TrainingSpec> Write)
{
    private const string BelowOne = "must be at least 0 and below 1";
    private const string Positive = "must be finite and above 0";
    private const string NotNegative = "must be finite and at least 0";

    private static readonly IReadOnlyList<string> Momenta = [TrainingNames.Momentum, TrainingNames.Nesterov];
    private static readonly IReadOnlyList<string> Adams = [TrainingNames.Adam, TrainingNames.AdamW];
    private static readonly IReadOnlyList<string> Ftrl = [TrainingNames.Ftrl];

    public static IReadOnlyList<OptimizerSetting> All { get; } =
    [
        new("momentum", "Part of the last step that the next one keeps", Momenta, 0.9f, BelowOne, v => v is >= 0 and < 1, s => s.Momentum,
        (s, v) => s with { Momentum = v }),
        new("beta1", "Decay of the mean of gradients", Adams, 0.9f, BelowOne, v => v is >= 0 and < 1, s => s.Beta1, (s, v) => s with { Beta1 = v }),
        new("beta2", "Decay of the mean of squared gradients", Adams, 0.999f, BelowOne, v => v is >= 0 and < 1, s => s.Beta2, (s, v) => s with { Beta2 = v }),
        new("epsilon", "What is added to the root of that mean", Adams, 1e-8f, Positive, v => v > 0, s => s.Epsilon, (s, v) => s with { Epsilon = v }),
        new("weightDecay", "Part of each parameter, times the rate, that a step takes away", [TrainingNames.AdamW], 0.01f, NotNegative, v => v >= 0,
        s => s.WeightDecay, (s, v) => s with { WeightDecay = v }),
        new("ftrlBeta", "Slows the first steps of a parameter", Ftrl, 1, Positive, v => v > 0, s => s.FtrlBeta, (s, v) => s with { FtrlBeta = v }),
        new("l1", "Weight of the sum of absolute parameters in what is minimised: gives exact zeros", Ftrl, 0, NotNegative, v => v >= 0, s => s.L1,
        (s, v) => s with { L1 = v }),
        new("l2", "Weight of half the sum of squared parameters in what is minimised", [.. TrainingNames.Optimizers.Where(o => o != TrainingNames.AdamW)], 0,
        NotNegative, v => v >= 0, s => s.L2, (s, v) => s with { L2 = v }),
    ];

    /// <summary>The value in force.</summary>
    public static float Of(TrainingSpec spec, string name)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var setting = All.Single(s => s.Name == name);
        return setting.Read(spec) ?? setting.Default;
    }

    /// <summary>What is wrong with a value for an optimizer; null where nothing is.</summary>
    public string? Problem(string optimizer, float value) =>
        !Optimizers.Contains(optimizer) ? $"cannot be given with optimizer {optimizer}, which has none"
        : float.IsFinite(value) && IsWithin(value) ? null
        : Limit;
}
