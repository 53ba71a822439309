using static Cluster.Compute.Pricing.PricingPolynomials;

namespace Cluster.Compute.Pricing;

/// <summary>
/// What pricing needs of mathematics, one value at a time, by IEEE additions, products, quotients, square roots and fused
/// multiply-adds in a fixed order: the same bits wherever these are correctly rounded. The oracle of <see cref="PricingMath{TDoubles, TWords}"/>.
/// </summary>
internal static class PricingMathReference
{
    /// <summary>Two independent standard normals by Box and Muller (1958): u and v are drawn from the words, and the normals
    /// are √(-2·ln u)·cos 2πv and √(-2·ln u)·sin 2πv. Their size is at most 8.5: u is at least 2⁻⁵².</summary>
    public static (double Cosine, double Sine) Normals(ulong radiusWord, ulong angleWord)
    {
        var radius = Math.Sqrt(-2 * LogUniform(radiusWord));
        var (sine, cosine) = SinCosTurn(angleWord);
        return (radius * cosine, radius * sine);
    }

    /// <summary>ln u of the uniform u = 1 - (word / 2¹²)·2⁻⁵² in (0, 1]; relative error at most 2.3e-16 (measured against
    /// Math.Log on ten million words).</summary>
    public static double LogUniform(ulong word) => Log(2 - BitConverter.UInt64BitsToDouble((word >> 12) | OneBits));

    /// <summary>ln x of a normal number above 0; of others it is a finite number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToUInt64Bits(x);
        var biased = (bits + MantissaShift) >> MantissaBits;
        var exponent = BitConverter.UInt64BitsToDouble(biased | WholeBits) - WholeAndBias;
        var mantissa = BitConverter.UInt64BitsToDouble(bits - (biased << MantissaBits) + OneBits);

        var s = (mantissa - 1) / (mantissa + 1);
        var z = s * s;
        var p = Math.FusedMultiplyAdd(Log6, z, Log5);
        p = Math.FusedMultiplyAdd(p, z, Log4);
        p = Math.FusedMultiplyAdd(p, z, Log3);
        p = Math.FusedMultiplyAdd(p, z, Log2);
        p = Math.FusedMultiplyAdd(p, z, Log1);
        p = Math.FusedMultiplyAdd(p, z, Log0);
        return Math.FusedMultiplyAdd(exponent, Ln2, Math.FusedMultiplyAdd(s, z * p, s + s));
    }

    /// <summary>Sine and cosine of the angle (q + f) quarter turns: q is the word's upper two bits, f in [-½, ½) the next 52;
    /// absolute error at most 1.2e-16 (measured against Math.SinCos on ten million words).</summary>
    public static (double Sine, double Cosine) SinCosTurn(ulong word)
    {
        var f = BitConverter.UInt64BitsToDouble(((word << 2) >> 12) | OneBits) - 1.5;
        var w = f * f;
        var s = Math.FusedMultiplyAdd(Sin6, w, Sin5);
        s = Math.FusedMultiplyAdd(s, w, Sin4);
        s = Math.FusedMultiplyAdd(s, w, Sin3);
        s = Math.FusedMultiplyAdd(s, w, Sin2);
        s = Math.FusedMultiplyAdd(s, w, Sin1);
        s = Math.FusedMultiplyAdd(s, w, Sin0);
        s *= f;
        var c = Math.FusedMultiplyAdd(Cos6, w, Cos5);
        c = Math.FusedMultiplyAdd(c, w, Cos4);
        c = Math.FusedMultiplyAdd(c, w, Cos3);
        c = Math.FusedMultiplyAdd(c, w, Cos2);
        c = Math.FusedMultiplyAdd(c, w, Cos1);
        c = Math.FusedMultiplyAdd(c, w, Cos0);
        c = Math.FusedMultiplyAdd(c, w, 1);

        var isOdd = (word & OddQuadrant) != 0;
        return (WithSign(isOdd ? c : s, word), WithSign(isOdd ? s : c, word ^ (word << 1)));
    }

    /// <summary>eˣ, with x clamped to ±<see cref="MaxExponent"/>; relative error at most 2.3e-16 (measured against Math.Exp on
    /// twenty million numbers).</summary>
    public static double Exp(double x)
    {
        x = Math.Min(Math.Max(x, -MaxExponent), MaxExponent);
        var rounded = Math.FusedMultiplyAdd(x, Log2E, Rounder);
        var n = rounded - Rounder;
        var r = Math.FusedMultiplyAdd(n, -Ln2Low, Math.FusedMultiplyAdd(n, -Ln2High, x));

        var p = Math.FusedMultiplyAdd(Exp9, r, Exp8);
        p = Math.FusedMultiplyAdd(p, r, Exp7);
        p = Math.FusedMultiplyAdd(p, r, Exp6);
        p = Math.FusedMultiplyAdd(p, r, Exp5);
        p = Math.FusedMultiplyAdd(p, r, Exp4);
        p = Math.FusedMultiplyAdd(p, r, Exp3);
        p = Math.FusedMultiplyAdd(p, r, Exp2);
        p = Math.FusedMultiplyAdd(p, r, Exp1);
        p = Math.FusedMultiplyAdd(p, r, Exp0);
        var power = 1 + Math.FusedMultiplyAdd(r * r, p, r);
        return BitConverter.UInt64BitsToDouble(
            BitConverter.DoubleToUInt64Bits(power) + (BitConverter.DoubleToUInt64Bits(rounded) << MantissaBits));
    }

    private static double WithSign(double value, ulong sign) =>
        BitConverter.UInt64BitsToDouble(BitConverter.DoubleToUInt64Bits(value) ^ (sign & SignBit));
}
