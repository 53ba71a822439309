namespace Cluster.Compute.Numerics;

/// <summary>
/// Functions by IEEE 754 additions, products and quotients in a fixed order: the same bits on every processor and system,
/// which a C library's are not. For single numbers, not for kernels.
/// </summary>
public static class PortableMath
{
    private const double Ln2 = 0.69314718055994530942;
    // ln 2 in two parts, the first of 33 bits: its products with exponents are exact.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double HalfPi = 1.57079632679489661923;
    private const double Sqrt2 = 1.41421356237309504880;
    private const int LogTerms = 12;
    private const int ExpTerms = 16;
    private const int CosineTerms = 12;

    /// <summary>x to a whole power, by squaring.</summary>
    /// <param name="x">Any number.</param>
    /// <param name="exponent">At least 0.</param>
    public static double Power(double x, long exponent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        double result = 1;
        for (var square = x; exponent > 0; exponent >>= 1, square *= square)
        {
            if ((exponent & 1) != 0)
                result *= square;
        }

        return result;
    }

    /// <summary>The natural logarithm of a positive normal number, to about 10⁻¹⁶ relative.</summary>
    /// <remarks>x = m·2^e with √½ ≤ m &lt; √2; ln m = 2 artanh z = 2(z + z³/3 + z⁵/5 + …), z = (m - 1)/(m + 1), |z| &lt; 0.172.</remarks>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | (1023L << 52));
        if (mantissa >= Sqrt2)
        {
            mantissa /= 2;
            exponent++;
        }

        var z = (mantissa - 1) / (mantissa + 1);
        var square = z * z;
        double series = 0;
        for (var k = LogTerms; k >= 0; k--)
            series = (series * square) + (1.0 / ((2 * k) + 1));
        return (exponent * Ln2) + (2 * z * series);
    }

    /// <summary>e to the power x, to about 10⁻¹⁵ relative.</summary>
    /// <param name="x">At most 0; 0 below -700, where the power is smaller than a double's normal numbers.</param>
    /// <remarks>x = n·ln 2 + r with |r| ≤ ln 2 / 2, and the series Σ rᵏ/k!.</remarks>
    public static double ExpNegative(double x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x, 0);
        if (x < -700)
            return 0;
        var n = Math.Round(x / Ln2);
        var r = x - (n * Ln2High) - (n * Ln2Low);
        double series = 1;
        for (var k = ExpTerms; k >= 1; k--)
            series = 1 + (series * r / k);
        return series * BitConverter.Int64BitsToDouble((1023L + (long)n) << 52);
    }

    /// <summary>cos(π·x), to about 10⁻¹⁶.</summary>
    /// <param name="x">0 to 1.</param>
    public static double CosineOfHalfTurns(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(x, 1);
        if (x > 0.5)
            return -CosineOfHalfTurns(1 - x);
        var angle = 2 * x * HalfPi;
        var square = angle * angle;
        double series = 1;
        for (var k = CosineTerms; k >= 1; k--)
            series = 1 - (series * square / (((2 * k) - 1) * (2 * k)));
        return series;
    }
}
