using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>
/// FTRL-Proximal: σ = (√(n + g²) - √n)/α; z += g - σw; n += g²; then w = 0 where |z| ≤ λ₁, else -(z - sgn(z)λ₁)/((β + √n)/α + λ₂)
/// (McMahan et al. 2013, algorithm 1). λ₁ gives exact zeros. λ₂ is <see cref="FtrlSettings.L2"/>; <see cref="Optimizer.L2"/> stays 0.
/// </summary>
/// <remarks>
/// Two slots: z and n, n from 0. z begins where w follows from it, z = -w·(β/α + λ₂) - sgn(w)λ₁, so that a start other than 0 is not
/// forgotten at the first gradient. The rate α is constant: σ is a difference of rates.
/// </remarks>
public sealed class Ftrl : Optimizer
{
    private readonly FtrlSettings _settings;

    /// <param name="learningRate">α; constant.</param>
    /// <param name="settings">β, λ₁ and λ₂.</param>
    /// <param name="scale">What a step divides its summed gradient by.</param>
    public Ftrl(LearningRate learningRate, FtrlSettings? settings = null, GradientScale scale = GradientScale.Mean)
        : base(learningRate, scale)
    {
        if (learningRate.Kind != ScheduleKind.Constant || learningRate.WarmupSteps > 0)
            throw new ArgumentException("The learning rate of FTRL must be constant.", nameof(learningRate));
        _settings = settings ?? new FtrlSettings();
        Require(float.IsFinite(_settings.Beta) && _settings.Beta > 0, nameof(FtrlSettings.Beta), _settings.Beta, "must be finite and above 0");
        Require(float.IsFinite(_settings.L1) && _settings.L1 >= 0, nameof(FtrlSettings.L1), _settings.L1, "must be finite and at least 0");
        Require(float.IsFinite(_settings.L2) && _settings.L2 >= 0, nameof(FtrlSettings.L2), _settings.L2, "must be finite and at least 0");
    }

    public FtrlSettings Settings => _settings;

    public override int Slots => 2;

    private protected override void InitialiseSlots(ReadOnlySpan<float> parameters, Span<float> slots)
    {
        var weight = (_settings.Beta / LearningRate.Rate) + _settings.L2;
        for (var i = 0; i < parameters.Length; i++)
            slots[i] = parameters[i] == 0 ? 0 : -(parameters[i] * weight) - MathF.CopySign(_settings.L1, parameters[i]);
    }

    internal override UpdateFormula FormulaAt(UpdateTime time) => new(UpdateRule.Ftrl)
    {
        Rate = LearningRate.Rate,
        Beta1 = _settings.Beta,
        L1 = _settings.L1,
        L2 = _settings.L2,
    };

    internal override bool Run(in UpdateOperands operands, in UpdateFormula formula, bool isScalar) =>
        Run(new Rule(formula), operands, isScalar);

    private readonly struct Rule(in UpdateFormula formula) : IUpdateRule
    {
        private readonly float _rate = formula.Rate;
        private readonly float _beta = formula.Beta1;
        private readonly float _l1 = formula.L1;
        private readonly float _l2 = formula.L2;

        public static int Slots => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Update(float w, float g, ref float a, ref float b)
        {
            var n = b + (g * g);
            var root = MathF.Sqrt(n);
            var sigma = (root - MathF.Sqrt(b)) / _rate;
            a = (a + g) - (sigma * w);
            b = n;
            var shrunk = -(a - MathF.CopySign(_l1, a)) / (((_beta + root) / _rate) + _l2);
            return MathF.Abs(a) <= _l1 ? 0 : shrunk;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b)
        {
            var alpha = Vector256.Create(_rate);
            var l1 = Vector256.Create(_l1);
            var n = b + (g * g);
            var root = Vector256.Sqrt(n);
            var sigma = (root - Vector256.Sqrt(b)) / alpha;
            a = a + g - (sigma * w);
            b = n;
            var shrunk = -(a - Vector256.CopySign(l1, a)) / (((Vector256.Create(_beta) + root) / alpha) + Vector256.Create(_l2));
            return Vector256.ConditionalSelect(Vector256.LessThanOrEqual(Vector256.Abs(a), l1), Vector256<float>.Zero, shrunk);
        }
    }
}

/// <summary>Settings of <see cref="Ftrl"/>.</summary>
/// <param name="Beta">β, above 0.</param>
/// <param name="L1">λ₁, at least 0.</param>
/// <param name="L2">λ₂, at least 0.</param>
public sealed record FtrlSettings(float Beta = 1, float L1 = 0, float L2 = 0);
