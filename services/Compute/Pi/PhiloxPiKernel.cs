using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cluster.Compute.Philox;

namespace Cluster.Compute.Pi;

/// <summary>
/// Counts the points of a range of Philox blocks that fall inside the quarter circle: AVX2 where the processor has it,
/// else <see cref="PhiloxPiReference"/>; the same counts. <c>PhiloxPiBenchmarks</c> measures it.
/// </summary>
public static class PhiloxPiKernel
{
    private const int GroupBlocks = 4;
    private const int StepBlocks = 2 * GroupBlocks;

    /// <inheritdoc cref="PhiloxPiReference.CountInside"/>
    public static ulong CountInside(long from, long to, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        if (!Avx2.IsSupported)
            return PhiloxPiReference.CountInside(from, to, seed);

        var inside = 0ul;
        while (to - from >= StepBlocks)
        {
            // The high counter word is constant up to the next multiple of 2³², which may lie beyond 2⁶³ - 1.
            var chunk = (1L << 32) - (uint)from;
            var steps = Math.Min(chunk, to - from) / StepBlocks;
            if (steps > 0)
            {
                var points = 2 * StepBlocks * (ulong)steps;
                inside += points - CountMisses((ulong)from, steps, seed);
                from += StepBlocks * steps;
            }
            else
            {
                inside += PhiloxPiReference.CountInside(from, from + chunk, seed);
                from += chunk;
            }
        }

        return inside + PhiloxPiReference.CountInside(from, to, seed);
    }

    /// <summary>
    /// Two groups of four blocks are in flight, so that one's multiplications fill the other's latency. Each word is
    /// in the low half of a 64-bit lane; upper halves hold garbage, which the 32×32-bit multiplication does not read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong CountMisses(ulong from, long steps, ulong seed)
    {
        var keys = new PhiloxPiKeys(seed, (uint)(from >> 32));
        var counterA = Vector256.Create(from) + Vector256.Create(0ul, 1, 2, 3);
        var misses = Vector256<ulong>.Zero;

        for (; steps > 0; steps--)
        {
            var counterB = counterA + Vector256.Create((ulong)GroupBlocks);

            FirstThreeRounds(in keys, counterA, out var a0, out var a1, out var a2, out var a3);
            FirstThreeRounds(in keys, counterB, out var b0, out var b1, out var b2, out var b3);
            Round(keys.K3, keys.L3, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K3, keys.L3, ref b0, ref b1, ref b2, ref b3);
            Round(keys.K4, keys.L4, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K4, keys.L4, ref b0, ref b1, ref b2, ref b3);
            Round(keys.K5, keys.L5, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K5, keys.L5, ref b0, ref b1, ref b2, ref b3);
            Round(keys.K6, keys.L6, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K6, keys.L6, ref b0, ref b1, ref b2, ref b3);
            Round(keys.K7, keys.L7, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K7, keys.L7, ref b0, ref b1, ref b2, ref b3);
            Round(keys.K8, keys.L8, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K8, keys.L8, ref b0, ref b1, ref b2, ref b3);
            Round(keys.K9, keys.L9, ref a0, ref a1, ref a2, ref a3);
            Round(keys.K9, keys.L9, ref b0, ref b1, ref b2, ref b3);

            misses += Misses(a0, a1) + Misses(a2, a3) + (Misses(b0, b1) + Misses(b2, b3));
            counterA += Vector256.Create((ulong)StepBlocks);
        }

        return Vector256.Sum(misses);
    }

    /// <summary>Counter words 2 and 3 are 0 and word 1 is constant, so most of the first two rounds is too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FirstThreeRounds(
        in PhiloxPiKeys keys, Vector256<ulong> counter,
        out Vector256<ulong> c0, out Vector256<ulong> c1, out Vector256<ulong> c2, out Vector256<ulong> c3)
    {
        var product0 = Multiply(counter, Philox4x32.Multiplier0);
        c1 = Multiply((product0 >> 32) ^ keys.L0, Philox4x32.Multiplier1);
        c0 = (c1 >> 32) ^ keys.K1;
        c2 = product0 ^ keys.Round1Word2;

        var product1 = Multiply(c2, Philox4x32.Multiplier1);
        c3 = Multiply(c0, Philox4x32.Multiplier0);
        c0 = (product1 >> 32) ^ c1 ^ keys.K2;
        c2 = (c3 >> 32) ^ keys.Round2Word2;
        c1 = product1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<ulong> key0, Vector256<ulong> key1,
        ref Vector256<ulong> c0, ref Vector256<ulong> c1, ref Vector256<ulong> c2, ref Vector256<ulong> c3)
    {
        var product0 = Multiply(c0, Philox4x32.Multiplier0);
        var product1 = Multiply(c2, Philox4x32.Multiplier1);
        c0 = (product1 >> 32) ^ (c1 ^ key0);
        c2 = (product0 >> 32) ^ (c3 ^ key1);
        c1 = product1;
        c3 = product0;
    }

    /// <summary>
    /// 1 in each lane whose x² + y² reaches 2⁶⁴. The sum of the halves reaches 2⁶³ exactly then: halving drops a bit
    /// from both squares only if both are odd, and odd squares are 1 modulo 8, so their sum is 2 modulo 8 and never 2⁶⁴.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ulong> Misses(Vector256<ulong> x, Vector256<ulong> y) =>
        ((Avx2.Multiply(x.AsUInt32(), x.AsUInt32()) >> 1) + (Avx2.Multiply(y.AsUInt32(), y.AsUInt32()) >> 1)) >> 63;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> words, uint multiplier) =>
        Avx2.Multiply(words.AsUInt32(), Vector256.Create((ulong)multiplier).AsUInt32());
}
