using Cluster.Compute.Numerics;
using Cluster.Compute.Philox;

namespace Cluster.Models.Data;

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

    /// <summary>Number <paramref name="index"/> of the sequence of <paramref name="seed"/>.</summary>
    public static double At(ulong seed, ulong index)
    {
        for (uint attempt = 0; ; attempt++)
        {
            var counter = new PhiloxWords((uint)index, (uint)(index >> 32), attempt, Domain);
            var words = Philox4x32.Block(counter, (uint)seed, (uint)(seed >> 32));
            double u = Uniform(words.W0), v = Uniform(words.W1);
            var s = (u * u) + (v * v);
            if (s < 1)
                return u * Math.Sqrt(-2 * PortableMath.Log(s) / s);
        }
    }

    /// <summary>The middle of the word's interval: odd multiples of 2⁻³² in (-1, 1), never 0.</summary>
    private static double Uniform(uint word) => ((2.0 * word) + 1 - 4294967296.0) / 4294967296.0;
}
