using System.Runtime.Intrinsics;

namespace Cluster.Compute.Elements;

/// <summary>A function of two elements, for one pair and for eight; the same bits.</summary>
internal interface IElementOperation
{
    float Apply(float a, float b);

    Vector256<float> Apply(Vector256<float> a, Vector256<float> b);
}

internal readonly struct Addition : IElementOperation
{
    public float Apply(float a, float b) => a + b;

    public Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => a + b;
}

internal readonly struct Multiplication : IElementOperation
{
    public float Apply(float a, float b) => a * b;

    public Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => a * b;
}

/// <summary>The first operand times a constant.</summary>
internal readonly struct Scaling(float scale) : IElementOperation
{
    public float Apply(float a, float b) => scale * a;

    public Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Vector256.Create(scale) * a;
}

/// <summary>fma(scale, a, b).</summary>
internal readonly struct ScaledAddition(float scale) : IElementOperation
{
    public float Apply(float a, float b) => MathF.FusedMultiplyAdd(scale, a, b);

    public Vector256<float> Apply(Vector256<float> a, Vector256<float> b) =>
        Vector256.FusedMultiplyAdd(Vector256.Create(scale), a, b);
}
