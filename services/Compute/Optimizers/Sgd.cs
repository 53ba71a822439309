using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>Stochastic gradient descent: w -= lr·g (Robbins and Monro 1951).</summary>
public sealed class Sgd(LearningRate learningRate, GradientScale scale = GradientScale.Mean) : Optimizer(learningRate, scale)
{
    public override int Slots => 0;

    internal override UpdateFormula FormulaAt(UpdateTime time) => new(UpdateRule.Sgd) { Rate = (float)LearningRate.At(time.Clock) };

    internal override bool Run(in UpdateOperands operands, in UpdateFormula formula, bool isScalar) =>
        Run(new Rule(formula.Rate), operands, isScalar);

    private readonly struct Rule(float rate) : IUpdateRule
    {
        public static int Slots => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Update(float w, float g, ref float a, ref float b) => w - (rate * g);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Update(Vector256<float> w, Vector256<float> g, ref Vector256<float> a, ref Vector256<float> b) =>
            w - (Vector256.Create(rate) * g);
    }
}
