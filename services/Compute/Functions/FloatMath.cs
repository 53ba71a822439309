using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Cluster.Compute.Functions.FloatPolynomials;

namespace Cluster.Compute.Functions;

/// <summary>
/// <see cref="FloatMathReference"/> for eight values at once; the same bits. Where a processor has no 256-bit vectors the JIT
/// makes pairs of 128-bit ones of them, as on Arm64.
/// </summary>
internal static class FloatMath
{
    /// <inheritdoc cref="FloatMathReference.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        var (lowest, highest) = (Vector256.Create(ExpLowest), Vector256.Create(ExpHighest));
        x = Vector256.ConditionalSelect(Vector256.LessThan(x, lowest), lowest, x);
        x = Vector256.ConditionalSelect(Vector256.GreaterThan(x, highest), highest, x);
        var rounded = Fma(x, Vector256.Create(Log2E), Rounder);
        var n = rounded - Vector256.Create(Rounder);
        var r = Vector256.FusedMultiplyAdd(
            n, Vector256.Create(-Ln2Low), Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), x));

        var p = Fma(Vector256.Create(Exp4), r, Exp3);
        p = Fma(p, r, Exp2);
        p = Fma(p, r, Exp1);
        p = Fma(p, r, Exp0);
        var power = Vector256.Create(1f) + Vector256.FusedMultiplyAdd(r * r, p, r);

        var exponent = rounded.AsInt32() - Vector256.Create(Rounder).AsInt32();
        var half = exponent >> 1;
        return power * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <inheritdoc cref="FloatMathReference.LogOnePlus"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LogOnePlus(Vector256<float> x)
    {
        var s = x / (Vector256.Create(2f) + x);
        var z = s * s;
        var p = Fma(Vector256.Create(Atanh3), z, Atanh2);
        p = Fma(p, z, Atanh1);
        p = Fma(p, z, Atanh0);
        return Vector256.FusedMultiplyAdd(s, z * p, s + s);
    }

    /// <inheritdoc cref="FloatMathReference.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => Sigmoid(x, Exp(-Vector256.Abs(x)));

    /// <summary>The sigmoid of x, given e to the power of -|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x, Vector256<float> e)
    {
        var one = Vector256.Create(1f);
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), e, one) / (one + e);
    }

    /// <inheritdoc cref="FloatMathReference.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        var a = Vector256.Abs(x);
        var w = a * a;
        var p = Fma(Vector256.Create(Tanh4), w, Tanh3);
        p = Fma(p, w, Tanh2);
        p = Fma(p, w, Tanh1);
        p = Fma(p, w, Tanh0);
        var small = Vector256.FusedMultiplyAdd(a * w, p, a);
        var one = Vector256.Create(1f);
        var large = one - Vector256.Create(2f) / (Exp(a + a) + one);
        var size = Vector256.ConditionalSelect(Vector256.LessThan(a, Vector256.Create(TanhSplit)), small, large);
        return size | (x & Vector256.Create(-0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fma(Vector256<float> left, Vector256<float> right, float addend) =>
        Vector256.FusedMultiplyAdd(left, right, Vector256.Create(addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> exponent) =>
        ((exponent + Vector256.Create(ExponentBias)) << MantissaBits).AsSingle();
}
