using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>Adagrad: a += g²; w -= lr·g/√a (Duchi, Hazan and Singer 2011).</summary>
/// <remarks>One slot: a.</remarks>
public sealed class Adagrad : Optimizer
{
    /// <param name="learningRate">lr.</param>
    /// <param name="initialAccumulator">a before the first step, above 0.</param>
    /// <param name="scale">What a step divides its summed gradient by.</param>
    public Adagrad(LearningRate learningRate, float initialAccumulator = 0.1f, GradientScale scale = GradientScale.Mean)
        : base(learningRate, scale)
        => InitialAccumulator = Require(
            float.IsFinite(initialAccumulator) && initialAccumulator > 0, nameof(initialAccumulator), initialAccumulator, "must be finite and above 0");

    public float InitialAccumulator { get; }

    public override int Slots => 1;

    private protected override void InitialiseSlots(ReadOnlySpan<float> parameters, Span<float> slots) => slots.Fill(InitialAccumulator);

    internal override UpdateFormula FormulaAt(UpdateTime time) => new(UpdateRule.Adagrad) { Rate = (float)LearningRate.At(time.Clock) };

    internal override bool Run(in UpdateOperands operands, in UpdateFormula formula, bool isScalar) =>
        Run(new Rule(formula.Rate), operands, isScalar);

    private readonly struct Rule(float rate) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Update(float w, float g, ref float a, ref float b)
        {
            a += g * g;
            return w - (rate * g / MathF.Sqrt(a));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b)
        {
            a += g * g;
            return w - (Vector256.Create(rate) * g / Vector256.Sqrt(a));
        }
    }
}
