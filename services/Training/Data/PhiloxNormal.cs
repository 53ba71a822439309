using Cluster.Compute.Philox;

namespace Cluster.Training.Data;

/// <summary>Standard normal numbers, a pure function of (seed, index) with the same bits on every processor.</summary>
/// <remarks>
/// The polar method (Marsaglia and Bray 1964): u, v uniform in (-1, 1), taken again until 0 &lt; s = u² + v² &lt; 1, give
/// u·√(-2 ln s / s). Attempt t of index i takes the first two words of the Philox block with counter (low i, high i, t, "NORM").
/// It uses +, -, ×, ÷ and √ only, which IEEE 754 rounds exactly; a C library's logarithm differs between platforms.
/// </remarks>
public static class PhiloxNormal
{
    // Sets the counters apart from those of the example order and of π under the same seed.
    private const uint Domain = 0x4D524F4E;
    private const double Ln2 = 0.69314718055994530942;
    private const double Sqrt2 = 1.41421356237309504880;
    private const int SeriesTerms = 12;

    /// <summary>Number <paramref name="index"/> of the sequence of <paramref name="seed"/>.</summary>
    public static double At(ulong seed, ulong index)
    {
        for (uint attempt = 0; ; attempt++)
        {
            var counter = new PhiloxWords((uint)index, (uint)(index >> 32), attempt, Domain);
            PhiloxWords words = Philox4x32.Block(counter, (uint)seed, (uint)(seed >> 32));
            double u = Uniform(words.W0), v = Uniform(words.W1);
            double s = (u * u) + (v * v);
            if (s < 1)
                return u * Math.Sqrt(-2 * Log(s) / s);
        }
    }

    /// <summary>The natural logarithm of a positive normal number, to about 10⁻¹⁶ relative.</summary>
    /// <remarks>x = m·2^e with √½ ≤ m &lt; √2; ln m = 2 artanh z = 2(z + z³/3 + z⁵/5 + …), z = (m - 1)/(m + 1), |z| &lt; 0.172.</remarks>
    internal static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) - 1023;
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | (1023L << 52));
        if (mantissa >= Sqrt2)
        {
            mantissa /= 2;
            exponent++;
        }

        double z = (mantissa - 1) / (mantissa + 1);
        double square = z * z;
        double series = 0;
        for (int k = SeriesTerms; k >= 0; k--)
            series = (series * square) + (1.0 / ((2 * k) + 1));
        return (exponent * Ln2) + (2 * z * series);
    }

    /// <summary>The middle of the word's interval: odd multiples of 2⁻³² in (-1, 1), never 0.</summary>
    private static double Uniform(uint word) => ((2.0 * word) + 1 - 4294967296.0) / 4294967296.0;
}
