using System.Runtime.Intrinsics;
using Cluster.Compute.Functions;

namespace Cluster.Compute.Losses;

/// <summary>A loss of one prediction and one label, and its gradient, for one pair and for eight; the same bits.</summary>
internal interface ILossFunction
{
    static abstract (float Loss, float Gradient) Apply(float prediction, float label);

    static abstract (Vector256<float> Loss, Vector256<float> Gradient) Apply(Vector256<float> prediction, Vector256<float> label);
}

internal readonly struct SquaredErrorFunction : ILossFunction
{
    public static (float Loss, float Gradient) Apply(float prediction, float label)
    {
        var difference = prediction - label;
        return (difference * difference, difference + difference);
    }

    public static (Vector256<float> Loss, Vector256<float> Gradient) Apply(Vector256<float> prediction, Vector256<float> label)
    {
        var difference = prediction - label;
        return (difference * difference, difference + difference);
    }
}

internal readonly struct SigmoidCrossEntropyFunction : ILossFunction
{
    public static (float Loss, float Gradient) Apply(float prediction, float label)
    {
        var e = FloatMathReference.Exp(-MathF.Abs(prediction));
        var loss = (prediction < 0 ? 0 : prediction) - prediction * label + FloatMathReference.LogOnePlus(e);
        return (loss, FloatMathReference.Sigmoid(prediction) - label);
    }

    public static (Vector256<float> Loss, Vector256<float> Gradient) Apply(Vector256<float> prediction, Vector256<float> label)
    {
        var e = FloatMath.Exp(-Vector256.Abs(prediction));
        var positive = Vector256.AndNot(prediction, Vector256.LessThan(prediction, Vector256<float>.Zero));
        var loss = positive - prediction * label + FloatMath.LogOnePlus(e);
        return (loss, FloatMath.Sigmoid(prediction, e) - label);
    }
}
