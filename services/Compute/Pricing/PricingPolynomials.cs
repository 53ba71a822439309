namespace Cluster.Compute.Pricing;

/// <summary>
/// Minimax coefficients, highest power first, of the functions that <see cref="PricingMath{TDoubles, TWords}"/> and
/// <see cref="PricingMathReference"/> evaluate by Horner's rule. Errors are those of the polynomial in exact arithmetic.
/// </summary>
internal static class PricingPolynomials
{
    public const double Log2E = 1.4426950408889634;
    public const double Ln2 = 0.6931471805599453;

    /// <summary>The upper 42 bits of ln 2: its product with a whole number below 2¹⁰ is exact.</summary>
    public const double Ln2High = 0.6931471805598903;

    public const double Ln2Low = 5.497923018708371e-14;

    /// <summary>Added to a double below 2⁵¹ and taken away again, it rounds to a whole number, which is in the low bits in between.</summary>
    public const double Rounder = 6755399441055744;

    /// <summary>(2·atanh(s)/s - 2)/s² in s², |s| ≤ (√2 - 1)/(√2 + 1); within 3.2e-16.</summary>
    public const double
        Log6 = 0.14616449685043406, Log5 = 0.15331721600556042, Log4 = 0.18182889125261723, Log3 = 0.2222221113479508,
        Log2 = 0.28571428625975487, Log1 = 0.39999999999899505, Log0 = 0.666666666666667;

    /// <summary>sin(f·π/2)/f in f², |f| ≤ 1/2; within 5.0e-18.</summary>
    public const double
        Sin6 = 5.633933781537854e-08, Sin5 = -3.59864335298231e-06, Sin4 = 0.0001604411507421909, Sin3 = -0.004681754132340976,
        Sin2 = 0.07969262624604301, Sin1 = -0.6459640975062443, Sin0 = 1.5707963267948966;

    /// <summary>(cos(f·π/2) - 1)/f² in f², |f| ≤ 1/2; within 4.9e-19.</summary>
    public const double
        Cos6 = -6.329396344967424e-09, Cos5 = 4.710678405505227e-07, Cos4 = -2.5202039028029178e-05, Cos3 = 0.0009192602745468447,
        Cos2 = -0.020863480763340773, Cos1 = 0.2536695079010478, Cos0 = -1.2337005501361697;

    /// <summary>(eʳ - 1 - r)/r² in r, |r| ≤ ln 2/2; within 1.1e-16.</summary>
    public const double
        Exp9 = 2.510038549551032e-08, Exp8 = 2.7620088445409746e-07, Exp7 = 2.7557268459997064e-06, Exp6 = 2.4801521295954376e-05,
        Exp5 = 0.00019841269863053618, Exp4 = 0.0013888888917213717, Exp3 = 0.008333333333330062, Exp2 = 0.04166666666662413,
        Exp1 = 0.16666666666666669, Exp0 = 0.5000000000000001;

    /// <summary>Exponents are clamped to ±this, far beyond any price and far within a double: e³⁰⁰ ≈ 2·10¹³⁰.</summary>
    public const double MaxExponent = 300;

    public const ulong OneBits = 0x3FF0_0000_0000_0000;

    /// <summary>Bits of 1 less bits of √½: added to a double's bits, it rounds the exponent so that the mantissa is in [√½, √2).</summary>
    public const ulong MantissaShift = OneBits - 0x3FE6_A09E_667F_3BCD;

    /// <summary>Bits of 2⁵²: a whole number below 2⁵² in the low bits makes it 2⁵² plus that number.</summary>
    public const ulong WholeBits = 0x4330_0000_0000_0000;

    /// <summary>2⁵² and the exponent's bias.</summary>
    public const double WholeAndBias = 4503599627370496 + 1023;

    public const int MantissaBits = 52;

    /// <summary>Bit 62 of an angle word: an odd quadrant, in which sine and cosine change places.</summary>
    public const ulong OddQuadrant = 1ul << 62;

    public const ulong SignBit = 1ul << 63;
}
