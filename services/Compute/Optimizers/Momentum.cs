using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>Momentum: v = μv + g; w -= lr·v (Polyak 1964). Nesterov's: w -= lr·(g + μv) (Nesterov 1983, as Sutskever et al. 2013 write it).</summary>
/// <remarks>One slot: v, from 0.</remarks>
public sealed class Momentum : Optimizer
{
    /// <param name="learningRate">lr.</param>
    /// <param name="coefficient">μ, 0 to below 1.</param>
    /// <param name="isNesterov">Whether the step looks ahead.</param>
    /// <param name="scale">What a step divides its summed gradient by.</param>
    public Momentum(LearningRate learningRate, float coefficient = 0.9f, bool isNesterov = false, GradientScale scale = GradientScale.Mean)
        : base(learningRate, scale)
    {
        Coefficient = Require(coefficient is >= 0 and < 1, nameof(coefficient), coefficient, "must be at least 0 and below 1");
        IsNesterov = isNesterov;
    }

    public float Coefficient { get; }

    public bool IsNesterov { get; }

    public override int Slots => 1;

    internal override UpdateFormula FormulaAt(UpdateTime time) => new(IsNesterov ? UpdateRule.Nesterov : UpdateRule.Momentum)
    {
        Rate = (float)LearningRate.At(time.Clock),
        Beta1 = Coefficient,
    };

    internal override bool Run(in UpdateOperands operands, in UpdateFormula formula, bool isScalar) => IsNesterov
        ? Run(new NesterovRule(formula.Rate, formula.Beta1), operands, isScalar)
        : Run(new Rule(formula.Rate, formula.Beta1), operands, isScalar);

    private readonly struct Rule(float rate, float coefficient) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Update(float w, float g, ref float a, ref float b)
        {
            a = (coefficient * a) + g;
            return w - (rate * a);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b)
        {
            a = (Vector256.Create(coefficient) * a) + g;
            return w - (Vector256.Create(rate) * a);
        }
    }

    private readonly struct NesterovRule(float rate, float coefficient) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Update(float w, float g, ref float a, ref float b)
        {
            a = (coefficient * a) + g;
            return w - (rate * (g + (coefficient * a)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b)
        {
            var mu = Vector256.Create(coefficient);
            a = (mu * a) + g;
            return w - (Vector256.Create(rate) * (g + (mu * a)));
        }
    }
}
