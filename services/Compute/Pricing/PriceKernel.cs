using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Numerics;
using Cluster.Compute.Philox;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Pricing;

/// <summary>
/// Sums over the paths of a range of indices, four or eight indices at once; the bits of <see cref="PriceReference"/>. Where a
/// processor has no 256-bit vectors the JIT makes pairs of 128-bit ones of them, as on Arm64. <c>PriceBenchmarks</c> measures it.
/// </summary>
internal static class PriceKernel
{
    // Of the reference's sums.
    private const int Sums = 4;

    // Vectors of indices between two counts of what pays.
    private const int TileVectors = 64;

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

    private static PriceSums SumLanes<TDoubles, TWords>(in OptionTerms terms, long from, long to)
        where TDoubles : unmanaged, IDoubles<TDoubles, TWords>
        where TWords : struct, IWords<TWords>
    {
        var (chains, paying) = (default(Chains), 0L);
        Span<TDoubles> pays = stackalloc TDoubles[2 * TileVectors];
        var tile = (long)TileVectors * TWords.Count;
        for (var left = to - from; left > 0; left -= tile)
        {
            var count = Math.Min(left, tile);
            SumTile<TDoubles, TWords>(in terms, to - left, count, pays, ref chains);
            paying += CountPaying<TDoubles, TWords>(pays, count);
        }

        return new PriceSums(Total(chains.Deviations), Total(chains.Squares), paying);
    }

    /// <summary>Adds the paths of the next indices, and leaves what they pay, whose sign is not taken yet, in <paramref name="pays"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SumTile<TDoubles, TWords>(in OptionTerms terms, long from, long count, Span<TDoubles> pays, ref Chains chains)
        where TDoubles : unmanaged, IDoubles<TDoubles, TWords>
        where TWords : struct, IWords<TWords>
    {
        var indices = TWords.Create((ulong)from) + TWords.Indices;
        var (deviations, squares) = (chains.Deviations, chains.Squares);
        ref var place = ref MemoryMarshal.GetReference(pays);

        for (var left = count; left > 0; left -= TWords.Count)
        {
            Paths<TDoubles, TWords>(in terms, indices, out var first, out var second);
            // Lanes beyond the last index add 0.
            var isInside = TWords.LessMask(TWords.Indices, TWords.Create((ulong)left));
            first = Deviations(in terms, first, isInside, out place);
            second = Deviations(in terms, second, isInside, out Unsafe.Add(ref place, 1));
            place = ref Unsafe.Add(ref place, 2);
            for (var quad = 0; quad < TWords.Count / Sums; quad++)
            {
                Add(first.Quad(quad), ref deviations, ref squares);
                Add(second.Quad(quad), ref deviations, ref squares);
            }

            indices += TWords.Create((ulong)TWords.Count);
        }

        (chains.Deviations, chains.Squares) = (deviations, squares);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TDoubles Deviations(in OptionTerms terms, TDoubles prices, TWords isInside, out TDoubles pays)
        {
            pays = TDoubles.FusedMultiplyAdd(TDoubles.Create(terms.Scale), prices, TDoubles.Create(terms.Offset));
            var deviation = TDoubles.Max(pays, TDoubles.Create(0)) - TDoubles.Create(terms.Centre);
            return TDoubles.FromBits(deviation.Bits & isInside);
        }
    }

    /// <summary>How many of the paths of a tile pay. Counted after they are drawn: in the loop that draws, it costs Asian paths 8 %.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static long CountPaying<TDoubles, TWords>(ReadOnlySpan<TDoubles> pays, long count)
        where TDoubles : unmanaged, IDoubles<TDoubles, TWords>
        where TWords : struct, IWords<TWords>
    {
        var paying = TWords.Create(0);
        for (var i = 0; count > 0; i += 2, count -= TWords.Count)
        {
            var isInside = TWords.LessMask(TWords.Indices, TWords.Create((ulong)count));
            // A double is above 0 where its bits are, as a signed number; a mask is -1.
            paying -= (TWords.LessMask(TWords.Create(0), pays[i].Bits) + TWords.LessMask(TWords.Create(0), pays[i + 1].Bits)) & isInside;
        }

        return (long)TWords.Sum(paying);
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

    private struct Chains
    {
        public Vector256<double> Deviations, Squares;
    }
}
