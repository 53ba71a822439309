using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Cluster.Compute.Pricing.PricingPolynomials;

namespace Cluster.Compute.Pricing;

/// <summary><see cref="PricingMathReference"/> for four values at once; the same bits.</summary>
internal static class PricingMath
{
    /// <inheritdoc cref="PricingMathReference.Normals"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Normals(
        Vector256<ulong> radiusWords, Vector256<ulong> angleWords, out Vector256<double> cosines, out Vector256<double> sines)
    {
        var radius = Vector256.Sqrt(-2 * LogUniform(radiusWords));
        SinCosTurn(angleWords, out var sine, out var cosine);
        cosines = radius * cosine;
        sines = radius * sine;
    }

    /// <inheritdoc cref="PricingMathReference.LogUniform"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LogUniform(Vector256<ulong> words)
    {
        var one = Vector256.Create(OneBits);
        var bits = (Vector256.Create(2.0) - ((words >> 12) | one).AsDouble()).AsUInt64();
        var biased = (bits + Vector256.Create(MantissaShift)) >> MantissaBits;
        var exponent = (biased | Vector256.Create(WholeBits)).AsDouble() - Vector256.Create(WholeAndBias);
        var mantissa = (bits - (biased << MantissaBits) + one).AsDouble();

        var s = (mantissa - Vector256.Create(1.0)) / (mantissa + Vector256.Create(1.0));
        var z = s * s;
        var p = Fma(Vector256.Create(Log6), z, Log5);
        p = Fma(p, z, Log4);
        p = Fma(p, z, Log3);
        p = Fma(p, z, Log2);
        p = Fma(p, z, Log1);
        p = Fma(p, z, Log0);
        return Vector256.FusedMultiplyAdd(exponent, Vector256.Create(Ln2), Vector256.FusedMultiplyAdd(s, z * p, s + s));
    }

    /// <inheritdoc cref="PricingMathReference.SinCosTurn"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCosTurn(Vector256<ulong> words, out Vector256<double> sines, out Vector256<double> cosines)
    {
        var f = (((words << 2) >> 12) | Vector256.Create(OneBits)).AsDouble() - Vector256.Create(1.5);
        var w = f * f;
        var s = Fma(Vector256.Create(Sin6), w, Sin5);
        s = Fma(s, w, Sin4);
        s = Fma(s, w, Sin3);
        s = Fma(s, w, Sin2);
        s = Fma(s, w, Sin1);
        s = Fma(s, w, Sin0);
        s *= f;
        var c = Fma(Vector256.Create(Cos6), w, Cos5);
        c = Fma(c, w, Cos4);
        c = Fma(c, w, Cos3);
        c = Fma(c, w, Cos2);
        c = Fma(c, w, Cos1);
        c = Fma(c, w, Cos0);
        c = Fma(c, w, 1);

        var odd = Vector256.Create(OddQuadrant);
        var isOdd = Vector256.Equals(words & odd, odd).AsDouble();
        sines = WithSign(Vector256.ConditionalSelect(isOdd, c, s), words);
        cosines = WithSign(Vector256.ConditionalSelect(isOdd, s, c), words ^ (words << 1));
    }

    /// <inheritdoc cref="PricingMathReference.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        x = Vector256.MinNative(Vector256.MaxNative(x, Vector256.Create(-MaxExponent)), Vector256.Create(MaxExponent));
        var rounded = Fma(x, Vector256.Create(Log2E), Rounder);
        var n = rounded - Vector256.Create(Rounder);
        var r = Vector256.FusedMultiplyAdd(
            n, Vector256.Create(-Ln2Low), Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), x));

        var p = Fma(Vector256.Create(Exp9), r, Exp8);
        p = Fma(p, r, Exp7);
        p = Fma(p, r, Exp6);
        p = Fma(p, r, Exp5);
        p = Fma(p, r, Exp4);
        p = Fma(p, r, Exp3);
        p = Fma(p, r, Exp2);
        p = Fma(p, r, Exp1);
        p = Fma(p, r, Exp0);
        var power = Vector256.Create(1.0) + Vector256.FusedMultiplyAdd(r * r, p, r);
        return (power.AsUInt64() + (rounded.AsUInt64() << MantissaBits)).AsDouble();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Fma(Vector256<double> left, Vector256<double> right, double addend) =>
        Vector256.FusedMultiplyAdd(left, right, Vector256.Create(addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> WithSign(Vector256<double> value, Vector256<ulong> sign) =>
        (value.AsUInt64() ^ (sign & Vector256.Create(SignBit))).AsDouble();
}
