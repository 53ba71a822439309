using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Cpu;
using Cluster.Compute.Numerics;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Pricing;

/// <summary>
/// Sums over the paths of a range of indices, four or eight indices at once; the bits of <see cref="PriceReference"/>. Where a
/// processor has no 256-bit vectors the JIT makes pairs of 128-bit ones of them, as on Arm64. <c>PriceBenchmarks</c> measures it.
/// </summary>
internal static class PriceKernel
{
    // Of the reference's sums.
    private const int Sums = 4;

    /// <inheritdoc cref="PriceReference.Sum"/>
    public static PriceSums Sum(in OptionTerms terms, long from, long to) => Sum(in terms, from, to, VectorWidths.Widest);

    /// <inheritdoc cref="PriceReference.Sum"/>
    internal static PriceSums Sum(in OptionTerms terms, long from, long to, VectorWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        return width == VectorWidth.Bits512
            ? SumLanes<Doubles512, Words512>(in terms, from, to)
            : SumLanes<Doubles256, Words256>(in terms, from, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static PriceSums SumLanes<TDoubles, TWords>(in OptionTerms terms, long from, long to)
        where TDoubles : struct, IDoubles<TDoubles, TWords>
        where TWords : struct, IWords<TWords>
    {
        var indices = TWords.Create((ulong)from) + TWords.Indices;
        var deviations = Vector256<double>.Zero;
        var squares = Vector256<double>.Zero;
        var paying = TWords.Create(0);

        for (var left = to - from; left > 0; left -= TWords.Count)
        {
            Paths<TDoubles, TWords>(in terms, indices, out var first, out var second);
            // Lanes beyond the last index add 0.
            var isInside = TWords.LessMask(TWords.Indices, TWords.Create((ulong)left));
            first = Deviations(in terms, first, isInside, ref paying);
            second = Deviations(in terms, second, isInside, ref paying);
            for (var quad = 0; quad < TWords.Count / Sums; quad++)
            {
                Add(first.Quad(quad), ref deviations, ref squares);
                Add(second.Quad(quad), ref deviations, ref squares);
            }

            indices += TWords.Create((ulong)TWords.Count);
        }

        return new PriceSums(Total(deviations), Total(squares), (long)TWords.Sum(paying));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TDoubles Deviations(in OptionTerms terms, TDoubles prices, TWords isInside, ref TWords paying)
        {
            var pays = TDoubles.FusedMultiplyAdd(TDoubles.Create(terms.Scale), prices, TDoubles.Create(terms.Offset));
            var deviation = TDoubles.Max(pays, TDoubles.Create(0)) - TDoubles.Create(terms.Centre);
            // A double is above 0 where its bits are, as a signed number; a mask is -1.
            paying -= TWords.LessMask(TWords.Create(0), pays.Bits) & isInside;
            return TDoubles.FromBits(deviation.Bits & isInside);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Paths<TDoubles, TWords>(in OptionTerms terms, TWords indices, out TDoubles sum0, out TDoubles sum1)
        where TDoubles : struct, IDoubles<TDoubles, TWords>
        where TWords : struct, IWords<TWords>
    {
        var drift = TDoubles.Create(terms.Drift);
        var diffusion = TDoubles.Create(terms.Diffusion);
        var (x0, x1) = (TDoubles.Create(0), TDoubles.Create(0));
        (sum0, sum1) = (TDoubles.Create(0), TDoubles.Create(0));
        for (var date = 0u; date < terms.Dates; date++)
        {
            Philox4x32Vector.Blocks(indices, date, terms.Seed, out var radiusWords, out var angleWords);
            PricingMath<TDoubles, TWords>.Normals(radiusWords, angleWords, out var z0, out var z1);
            x0 = TDoubles.FusedMultiplyAdd(diffusion, z0, x0 + drift);
            x1 = TDoubles.FusedMultiplyAdd(diffusion, z1, x1 + drift);
            sum0 += PricingMath<TDoubles, TWords>.Exp(x0);
            sum1 += PricingMath<TDoubles, TWords>.Exp(x1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<double> deviation, ref Vector256<double> deviations, ref Vector256<double> squares)
    {
        deviations += deviation;
        squares = Vector256.FusedMultiplyAdd(deviation, deviation, squares);
    }

    private static double Total(Vector256<double> lanes) => lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}
