namespace Cluster.Compute.Functions;

/// <summary>
/// Minimax coefficients, highest power first, of the functions of <see cref="FloatMathReference"/>, found by Remez exchange in
/// 40 digits and rounded to float32. "Within" is the error of the polynomial before that rounding, relative to the function.
/// </summary>
internal static class FloatPolynomials
{
    /// <summary>(eʳ - 1 - r)/r² in r, |r| ≤ ln 2/2; eʳ within 3.1e-9.</summary>
    public const float
        Exp4 = 0.0013814536f, Exp3 = 0.008368745f, Exp2 = 0.041668393f, Exp1 = 0.16666521f, Exp0 = 0.49999994f;

    /// <summary>(2·atanh(s)/s - 2)/s² in s², |s| ≤ 1/3; atanh within 4.6e-9.</summary>
    public const float
        Atanh3 = 0.2803129f, Atanh2 = 0.2799786f, Atanh1 = 0.4002177f, Atanh0 = 0.6666641f;

    /// <summary>(tanh(x)/x - 1)/x² in x², |x| ≤ 5/8; tanh within 4.4e-9.</summary>
    public const float
        Tanh4 = -0.005735454f, Tanh3 = 0.02066984f, Tanh2 = -0.053750616f, Tanh1 = 0.133316f, Tanh0 = -0.3333329f;

    /// <summary>Below this tanh is its polynomial, from here it is 1 - 2/(e²ˣ + 1).</summary>
    public const float TanhSplit = 0.625f;

    public const float Log2E = 1.442695f;

    /// <summary>The upper 15 bits of ln 2: its product with a whole number below 2⁹ is exact.</summary>
    public const float Ln2High = 0.69314575f;

    public const float Ln2Low = 1.4286068e-06f;

    /// <summary>1.5·2²³: added to a float below 2²² and taken away again, it rounds to a whole number, which is in the low bits in between.</summary>
    public const float Rounder = 12582912;

    /// <summary>e to this and below rounds to 0: it is less than half of the smallest denormal.</summary>
    public const float ExpLowest = -104;

    /// <summary>e to this and above is +∞.</summary>
    public const float ExpHighest = 89;

    public const float SmallestNormal = 1.17549435e-38f;

    public const int OneBits = 0x3F80_0000;

    /// <summary>Bits of √½: what is taken off a float's bits so that the mantissa is in [√½, √2).</summary>
    public const int RootHalfBits = 0x3F35_04F3;

    public const int MantissaBits = 23;

    public const int MantissaMask = (1 << MantissaBits) - 1;

    public const int ExponentBias = 127;
}
