using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Pricing;

/// <summary>
/// Sums over the paths of a range of indices, four indices at once; the bits of <see cref="PriceReference"/>. Where a processor
/// has no 256-bit vectors the JIT makes pairs of 128-bit ones of them, as on Arm64. <c>PriceBenchmarks</c> measures it.
/// </summary>
internal static class PriceKernel
{
    private const int Lanes = 4;

    /// <inheritdoc cref="PriceReference.Sum"/>
    public static PriceSums Sum(in OptionTerms terms, long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        return SumLanes(in terms, from, to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static PriceSums SumLanes(in OptionTerms terms, long from, long to)
    {
        var indices = Vector256.Create((ulong)from) + Vector256.Create(0ul, 1, 2, 3);
        var deviations = Vector256<double>.Zero;
        var squares = Vector256<double>.Zero;

        for (var left = to - from; left > 0; left -= Lanes)
        {
            Paths(in terms, indices, out var first, out var second);
            // Lanes beyond the last index add 0.
            var isInside = Vector256.LessThan(Vector256.Create(0L, 1, 2, 3), Vector256.Create(left)).AsDouble();
            Add(in terms, first, isInside, ref deviations, ref squares);
            Add(in terms, second, isInside, ref deviations, ref squares);
            indices += Vector256.Create((ulong)Lanes);
        }

        return new PriceSums(Total(deviations), Total(squares));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Paths(
        in OptionTerms terms, Vector256<ulong> indices, out Vector256<double> sum0, out Vector256<double> sum1)
    {
        var drift = Vector256.Create(terms.Drift);
        var diffusion = Vector256.Create(terms.Diffusion);
        var (x0, x1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        (sum0, sum1) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var date = 0u; date < terms.Dates; date++)
        {
            Philox4x32Vector.Blocks(indices, date, terms.Seed, out var radiusWords, out var angleWords);
            PricingMath.Normals(radiusWords, angleWords, out var z0, out var z1);
            x0 = Vector256.FusedMultiplyAdd(diffusion, z0, x0 + drift);
            x1 = Vector256.FusedMultiplyAdd(diffusion, z1, x1 + drift);
            sum0 += PricingMath.Exp(x0);
            sum1 += PricingMath.Exp(x1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        in OptionTerms terms, Vector256<double> prices, Vector256<double> isInside,
        ref Vector256<double> deviations, ref Vector256<double> squares)
    {
        var pays = Vector256.FusedMultiplyAdd(Vector256.Create(terms.Scale), prices, Vector256.Create(terms.Offset));
        var deviation = (Vector256.MaxNative(pays, Vector256<double>.Zero) - Vector256.Create(terms.Centre)) & isInside;
        deviations += deviation;
        squares = Vector256.FusedMultiplyAdd(deviation, deviation, squares);
    }

    private static double Total(Vector256<double> lanes) => lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}
