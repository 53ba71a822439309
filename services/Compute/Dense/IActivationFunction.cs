using System.Runtime.Intrinsics;
using Cluster.Compute.Functions;

namespace Cluster.Compute.Dense;

/// <summary>An <see cref="Devices.Activation"/> and its gradient, for one element and for eight; the same bits.</summary>
internal interface IActivationFunction
{
    static abstract float Apply(float x);

    static abstract Vector256<float> Apply(Vector256<float> x);

    static abstract float Gradient(float y, float dy);

    static abstract Vector256<float> Gradient(Vector256<float> y, Vector256<float> dy);
}

internal readonly struct IdentityFunction : IActivationFunction
{
    public static float Apply(float x) => x;

    public static Vector256<float> Apply(Vector256<float> x) => x;

    public static float Gradient(float y, float dy) => dy;

    public static Vector256<float> Gradient(Vector256<float> y, Vector256<float> dy) => dy;
}

internal readonly struct ReluFunction : IActivationFunction
{
    public static float Apply(float x) => x < 0 ? 0 : x;

    public static Vector256<float> Apply(Vector256<float> x) =>
        Vector256.AndNot(x, Vector256.LessThan(x, Vector256<float>.Zero));

    public static float Gradient(float y, float dy) => y > 0 ? dy : 0;

    public static Vector256<float> Gradient(Vector256<float> y, Vector256<float> dy) =>
        dy & Vector256.GreaterThan(y, Vector256<float>.Zero);
}

internal readonly struct TanhFunction : IActivationFunction
{
    public static float Apply(float x) => FloatMathReference.Tanh(x);

    public static Vector256<float> Apply(Vector256<float> x) => FloatMath.Tanh(x);

    public static float Gradient(float y, float dy) => dy * MathF.FusedMultiplyAdd(-y, y, 1);

    public static Vector256<float> Gradient(Vector256<float> y, Vector256<float> dy) =>
        dy * Vector256.FusedMultiplyAdd(-y, y, Vector256.Create(1f));
}

internal readonly struct SigmoidFunction : IActivationFunction
{
    public static float Apply(float x) => FloatMathReference.Sigmoid(x);

    public static Vector256<float> Apply(Vector256<float> x) => FloatMath.Sigmoid(x);

    public static float Gradient(float y, float dy) => dy * MathF.FusedMultiplyAdd(-y, y, y);

    public static Vector256<float> Gradient(Vector256<float> y, Vector256<float> dy) =>
        dy * Vector256.FusedMultiplyAdd(-y, y, y);
}
