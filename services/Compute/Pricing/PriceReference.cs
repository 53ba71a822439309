using Cluster.Compute.Philox;

namespace Cluster.Compute.Pricing;

/// <summary>
/// The definition of the sums over paths, one index at a time: the oracle of <see cref="PriceKernel"/>. Index i is two paths:
/// their normals at date j are the two of the Philox block with counter (low i, high i, j, 0) and the seed as key.
/// </summary>
internal static class PriceReference
{
    /// <summary>Sums over the two paths of each index in [<paramref name="from"/>, <paramref name="to"/>). Each index adds to one
    /// of four sums, its first path before its second: index from + k to sum k mod 4; the total is (s₀ + s₁) + (s₂ + s₃).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 ≤ from ≤ to.</exception>
    public static PriceSums Sum(in OptionTerms terms, long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);

        Span<PriceSums> sums = stackalloc PriceSums[4];
        sums.Clear();
        for (var index = from; index < to; index++)
        {
            var (first, second) = Paths(in terms, index);
            ref var sum = ref sums[(int)((index - from) & 3)];
            sum = Add(in terms, Add(in terms, sum, first), second);
        }

        return sums[0] + sums[1] + (sums[2] + sums[3]);
    }

    /// <summary>For each of the two paths, the sum of its prices in units of the spot price.</summary>
    private static (double First, double Second) Paths(in OptionTerms terms, long index)
    {
        var (x0, x1, sum0, sum1) = (0.0, 0.0, 0.0, 0.0);
        for (var date = 0u; date < terms.Dates; date++)
        {
            var counter = new PhiloxWords((uint)index, (uint)(index >> 32), date, 0);
            var (w0, w1, w2, w3) = Philox4x32.Block(counter, (uint)terms.Seed, (uint)(terms.Seed >> 32));
            var (z0, z1) = PricingMathReference.Normals(w0 | (ulong)w1 << 32, w2 | (ulong)w3 << 32);
            x0 = Math.FusedMultiplyAdd(terms.Diffusion, z0, x0 + terms.Drift);
            x1 = Math.FusedMultiplyAdd(terms.Diffusion, z1, x1 + terms.Drift);
            sum0 += PricingMathReference.Exp(x0);
            sum1 += PricingMathReference.Exp(x1);
        }

        return (sum0, sum1);
    }

    private static PriceSums Add(in OptionTerms terms, PriceSums sums, double prices)
    {
        var pays = Math.Max(Math.FusedMultiplyAdd(terms.Scale, prices, terms.Offset), 0);
        var deviation = pays - terms.Centre;
        return new(sums.Deviations + deviation, Math.FusedMultiplyAdd(deviation, deviation, sums.Squares), sums.Paying + (pays > 0 ? 1 : 0));
    }
}
