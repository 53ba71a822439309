using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Numerics;

namespace Cluster.Compute.Optimizers;

/// <summary>
/// Adam: m = β₁m + (1-β₁)g; v = β₂v + (1-β₂)g²; w -= lrₜ·m/(√v + ε) with lrₜ = lr·√(1-β₂ᵗ)/(1-β₁ᵗ) at update t = 1, 2, …
/// (Kingma and Ba 2015, section 2). With weight decay λ, AdamW: w -= lr·λ·w on top (Loshchilov and Hutter 2019).
/// </summary>
/// <remarks>Two slots: m and v, from 0. Powers and lrₜ are computed in double, the same on every ps task, and rounded once.</remarks>
public sealed class Adam : Optimizer
{
    private readonly AdamSettings _settings;

    /// <param name="learningRate">lr.</param>
    /// <param name="settings">β₁, β₂, ε and λ.</param>
    /// <param name="scale">What a step divides its summed gradient by.</param>
    public Adam(LearningRate learningRate, AdamSettings? settings = null, GradientScale scale = GradientScale.Mean)
        : base(learningRate, scale)
    {
        _settings = settings ?? new AdamSettings();
        Require(_settings.Beta1 is >= 0 and < 1, nameof(AdamSettings.Beta1), _settings.Beta1, "must be at least 0 and below 1");
        Require(_settings.Beta2 is >= 0 and < 1, nameof(AdamSettings.Beta2), _settings.Beta2, "must be at least 0 and below 1");
        Require(float.IsFinite(_settings.Epsilon) && _settings.Epsilon > 0, nameof(AdamSettings.Epsilon), _settings.Epsilon, "must be finite and above 0");
        Require(float.IsFinite(_settings.WeightDecay) && _settings.WeightDecay >= 0, nameof(AdamSettings.WeightDecay), _settings.WeightDecay,
            "must be finite and at least 0");
    }

    public AdamSettings Settings => _settings;

    public override int Slots => 2;

    internal override UpdateFormula FormulaAt(UpdateTime time)
    {
        var rate = LearningRate.At(time.Clock);
        var correction = Math.Sqrt(1 - PortableMath.Power(_settings.Beta2, time.Updates + 1)) / (1 - PortableMath.Power(_settings.Beta1, time.Updates + 1));
        return new UpdateFormula(UpdateRule.Adam)
        {
            Rate = (float)(rate * correction),
            Beta1 = _settings.Beta1,
            Beta2 = _settings.Beta2,
            Epsilon = _settings.Epsilon,
            Decay = (float)(rate * _settings.WeightDecay),
        };
    }

    internal override bool Run(in UpdateOperands operands, in UpdateFormula formula, bool isScalar) =>
        Run(new Rule(formula), operands, isScalar);

    private readonly struct Rule(in UpdateFormula formula) : IUpdateRule
    {
        private readonly float _rate = formula.Rate;
        private readonly float _decay = formula.Decay;
        private readonly float _beta1 = formula.Beta1;
        private readonly float _beta2 = formula.Beta2;
        private readonly float _rest1 = 1 - formula.Beta1;
        private readonly float _rest2 = 1 - formula.Beta2;
        private readonly float _epsilon = formula.Epsilon;

        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Update(float w, float g, ref float a, ref float b)
        {
            a = (_beta1 * a) + (_rest1 * g);
            b = (_beta2 * b) + (_rest2 * (g * g));
            return w - ((_rate * a / (MathF.Sqrt(b) + _epsilon)) + (_decay * w));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b)
        {
            a = (Vector256.Create(_beta1) * a) + (Vector256.Create(_rest1) * g);
            b = (Vector256.Create(_beta2) * b) + (Vector256.Create(_rest2) * (g * g));
            return w - ((Vector256.Create(_rate) * a / (Vector256.Sqrt(b) + Vector256.Create(_epsilon))) + (Vector256.Create(_decay) * w));
        }
    }
}

/// <summary>Settings of <see cref="Adam"/>.</summary>
/// <param name="Beta1">β₁, 0 to below 1.</param>
/// <param name="Beta2">β₂, 0 to below 1.</param>
/// <param name="Epsilon">ε, above 0.</param>
/// <param name="WeightDecay">λ, at least 0; 0 for plain Adam.</param>
public sealed record AdamSettings(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 0);
