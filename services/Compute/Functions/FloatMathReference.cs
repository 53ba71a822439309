using static Cluster.Compute.Functions.FloatPolynomials;

namespace Cluster.Compute.Functions;

/// <summary>
/// Elementary functions in float32, one value at a time, by IEEE additions, products, quotients and fused multiply-adds in a
/// fixed order: the same bits wherever these are correctly rounded. The definition for every device. A NaN gives NaN; denormals
/// are taken and given. Errors are in units of the last place, against double precision, the largest on every 11th float.
/// </summary>
internal static class FloatMathReference
{
    /// <summary>eˣ: n = x/ln 2 rounded, e^(x - n·ln 2) by polynomial, times 2ⁿ in two steps, so that denormals are rounded once.
    /// Error 1.01 units. +0 up to -104, +∞ from 89, 1 for ±0.</summary>
    public static float Exp(float x)
    {
        x = x < ExpLowest ? ExpLowest : x;
        x = x > ExpHighest ? ExpHighest : x;
        var rounded = MathF.FusedMultiplyAdd(x, Log2E, Rounder);
        var n = rounded - Rounder;
        var r = MathF.FusedMultiplyAdd(n, -Ln2Low, MathF.FusedMultiplyAdd(n, -Ln2High, x));

        var p = MathF.FusedMultiplyAdd(Exp4, r, Exp3);
        p = MathF.FusedMultiplyAdd(p, r, Exp2);
        p = MathF.FusedMultiplyAdd(p, r, Exp1);
        p = MathF.FusedMultiplyAdd(p, r, Exp0);
        var power = 1 + MathF.FusedMultiplyAdd(r * r, p, r);

        var exponent = BitConverter.SingleToInt32Bits(rounded) - BitConverter.SingleToInt32Bits(Rounder);
        var half = exponent >> 1;
        return power * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>ln x: x = 2ⁿ·m with m in [√½, √2), ln m = 2·atanh((m - 1)/(m + 1)). Error 1.97 units.
    /// -∞ for ±0, NaN below, +∞ for +∞, +0 for 1.</summary>
    public static float Log(float x)
    {
        var isSmall = x < SmallestNormal;
        var bits = BitConverter.SingleToInt32Bits(isSmall ? x * (1 << MantissaBits) : x) - RootHalfBits;
        var n = (float)((bits >> MantissaBits) - (isSmall ? MantissaBits : 0));
        var m = BitConverter.Int32BitsToSingle((bits & MantissaMask) + RootHalfBits);
        var s = (m - 1) / (m + 1);
        var logarithm = MathF.FusedMultiplyAdd(n, Ln2High, MathF.FusedMultiplyAdd(n, Ln2Low, TwiceAtanh(s)));

        logarithm = x < float.PositiveInfinity ? logarithm : x;
        logarithm = x > 0 ? logarithm : float.NaN;
        return x == 0 ? float.NegativeInfinity : logarithm;
    }

    /// <summary>ln(1 + x) for x from 0 to 1, and NaN; without a meaning elsewhere. Error 1.95 units.</summary>
    public static float LogOnePlus(float x) => TwiceAtanh(x / (2 + x));

    /// <summary>1/(1 + e⁻ˣ), from e to the power of -|x|. Error 2.36 units.</summary>
    public static float Sigmoid(float x)
    {
        var e = Exp(-MathF.Abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    }

    /// <summary>tanh x, odd also in its zeros. Error 1.31 units.</summary>
    public static float Tanh(float x)
    {
        var a = MathF.Abs(x);
        var w = a * a;
        var p = MathF.FusedMultiplyAdd(Tanh4, w, Tanh3);
        p = MathF.FusedMultiplyAdd(p, w, Tanh2);
        p = MathF.FusedMultiplyAdd(p, w, Tanh1);
        p = MathF.FusedMultiplyAdd(p, w, Tanh0);
        var small = MathF.FusedMultiplyAdd(a * w, p, a);
        var large = 1 - 2 / (Exp(a + a) + 1);
        return MathF.CopySign(a < TanhSplit ? small : large, x);
    }

    /// <summary>2·atanh(s) for |s| up to 1/3.</summary>
    private static float TwiceAtanh(float s)
    {
        var z = s * s;
        var p = MathF.FusedMultiplyAdd(Atanh3, z, Atanh2);
        p = MathF.FusedMultiplyAdd(p, z, Atanh1);
        p = MathF.FusedMultiplyAdd(p, z, Atanh0);
        return MathF.FusedMultiplyAdd(s, z * p, s + s);
    }

    private static float PowerOfTwo(int exponent) =>
        BitConverter.Int32BitsToSingle((exponent + ExponentBias) << MantissaBits);
}
