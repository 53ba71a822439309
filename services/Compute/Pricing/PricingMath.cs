using System.Runtime.CompilerServices;
using Cluster.Compute.Numerics;
using Cluster.Compute.Philox;
using static Cluster.Compute.Pricing.PricingPolynomials;

namespace Cluster.Compute.Pricing;

/// <summary><see cref="PricingMathReference"/> for a vector of values at once; the same bits.</summary>
internal static class PricingMath<TDoubles, TWords>
    where TDoubles : struct, IDoubles<TDoubles, TWords>
    where TWords : struct, IWords<TWords>
{
    /// <inheritdoc cref="PricingMathReference.Normals"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Normals(TWords radiusWords, TWords angleWords, out TDoubles cosines, out TDoubles sines)
    {
        var radius = TDoubles.Sqrt(TDoubles.Create(-2) * LogUniform(radiusWords));
        SinCosTurn(angleWords, out var sine, out var cosine);
        cosines = radius * cosine;
        sines = radius * sine;
    }

    /// <inheritdoc cref="PricingMathReference.LogUniform"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles LogUniform(TWords words)
    {
        var one = TWords.Create(OneBits);
        var bits = (TDoubles.Create(2) - TDoubles.FromBits((words >> 12) | one)).Bits;
        var biased = (bits + TWords.Create(MantissaShift)) >> MantissaBits;
        var exponent = TDoubles.FromBits(biased | TWords.Create(WholeBits)) - TDoubles.Create(WholeAndBias);
        var mantissa = TDoubles.FromBits(bits - (biased << MantissaBits) + one);

        var s = (mantissa - TDoubles.Create(1)) / (mantissa + TDoubles.Create(1));
        var z = s * s;
        var p = Fma(TDoubles.Create(Log6), z, Log5);
        p = Fma(p, z, Log4);
        p = Fma(p, z, Log3);
        p = Fma(p, z, Log2);
        p = Fma(p, z, Log1);
        p = Fma(p, z, Log0);
        return TDoubles.FusedMultiplyAdd(exponent, TDoubles.Create(Ln2), TDoubles.FusedMultiplyAdd(s, z * p, s + s));
    }

    /// <inheritdoc cref="PricingMathReference.SinCosTurn"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCosTurn(TWords words, out TDoubles sines, out TDoubles cosines)
    {
        var f = TDoubles.FromBits(((words << 2) >> 12) | TWords.Create(OneBits)) - TDoubles.Create(1.5);
        var w = f * f;
        var s = Fma(TDoubles.Create(Sin6), w, Sin5);
        s = Fma(s, w, Sin4);
        s = Fma(s, w, Sin3);
        s = Fma(s, w, Sin2);
        s = Fma(s, w, Sin1);
        s = Fma(s, w, Sin0);
        s *= f;
        var c = Fma(TDoubles.Create(Cos6), w, Cos5);
        c = Fma(c, w, Cos4);
        c = Fma(c, w, Cos3);
        c = Fma(c, w, Cos2);
        c = Fma(c, w, Cos1);
        c = Fma(c, w, Cos0);
        c = Fma(c, w, 1);

        var odd = TWords.Create(OddQuadrant);
        var isOdd = TWords.EqualMask(words & odd, odd);
        sines = WithSign(TDoubles.Select(isOdd, c, s), words);
        cosines = WithSign(TDoubles.Select(isOdd, s, c), words ^ (words << 1));
    }

    /// <inheritdoc cref="PricingMathReference.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TDoubles Exp(TDoubles x)
    {
        x = TDoubles.Min(TDoubles.Max(x, TDoubles.Create(-MaxExponent)), TDoubles.Create(MaxExponent));
        var rounded = Fma(x, TDoubles.Create(Log2E), Rounder);
        var n = rounded - TDoubles.Create(Rounder);
        var r = TDoubles.FusedMultiplyAdd(
            n, TDoubles.Create(-Ln2Low), TDoubles.FusedMultiplyAdd(n, TDoubles.Create(-Ln2High), x));

        var p = Fma(TDoubles.Create(Exp9), r, Exp8);
        p = Fma(p, r, Exp7);
        p = Fma(p, r, Exp6);
        p = Fma(p, r, Exp5);
        p = Fma(p, r, Exp4);
        p = Fma(p, r, Exp3);
        p = Fma(p, r, Exp2);
        p = Fma(p, r, Exp1);
        p = Fma(p, r, Exp0);
        var power = TDoubles.Create(1) + TDoubles.FusedMultiplyAdd(r * r, p, r);
        return TDoubles.FromBits(power.Bits + (rounded.Bits << MantissaBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDoubles Fma(TDoubles left, TDoubles right, double addend) =>
        TDoubles.FusedMultiplyAdd(left, right, TDoubles.Create(addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDoubles WithSign(TDoubles value, TWords sign) =>
        TDoubles.FromBits(value.Bits ^ (sign & TWords.Create(SignBit)));
}
