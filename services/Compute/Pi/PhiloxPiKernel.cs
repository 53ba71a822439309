using System.Runtime.CompilerServices;
using Cluster.Compute.Philox;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Pi;

/// <summary>
/// Counts the points of a range of Philox blocks that fall inside the quarter circle, by vectors of the processor's width; the
/// counts of <see cref="PhiloxPiReference"/>. <c>PhiloxPiBenchmarks</c> measures it.
/// </summary>
public static class PhiloxPiKernel
{
    /// <inheritdoc cref="PhiloxPiReference.CountInside"/>
    public static ulong CountInside(long from, long to, ulong seed) => CountInside(from, to, seed, VectorWidths.Widest);

    internal static ulong CountInside(long from, long to, ulong seed, VectorWidth width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        return width switch
        {
            VectorWidth.Bits512 => CountInside<Words512>(from, to, seed),
            VectorWidth.Bits256 => CountInside<Words256>(from, to, seed),
            _ => CountInside<Words128>(from, to, seed),
        };
    }

    private static ulong CountInside<TWords>(long from, long to, ulong seed)
        where TWords : struct, IWords<TWords>
    {
        var stepBlocks = 2 * TWords.Count;
        var inside = 0ul;
        while (to - from >= stepBlocks)
        {
            // The high counter word is constant up to the next multiple of 2³², which may lie beyond 2⁶³ - 1.
            var chunk = (1L << 32) - (uint)from;
            var steps = Math.Min(chunk, to - from) / stepBlocks;
            if (steps > 0)
            {
                var points = 2 * (ulong)stepBlocks * (ulong)steps;
                inside += points - CountMisses<TWords>((ulong)from, steps, seed);
                from += stepBlocks * steps;
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
    /// Two groups of blocks, one a lane, are in flight, so that one's multiplications fill the other's latency.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong CountMisses<TWords>(ulong from, long steps, ulong seed)
        where TWords : struct, IWords<TWords>
    {
        var keys = new PhiloxPiKeys<TWords>(seed, (uint)(from >> 32));
        var counterA = TWords.Create(from) + TWords.Indices;
        var misses = TWords.Create(0);

        for (; steps > 0; steps--)
        {
            var counterB = counterA + TWords.Create((ulong)TWords.Count);

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
            counterA += TWords.Create(2 * (ulong)TWords.Count);
        }

        return TWords.Sum(misses);
    }

    /// <summary>Counter words 2 and 3 are 0 and word 1 is constant, so most of the first two rounds is too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FirstThreeRounds<TWords>(
        in PhiloxPiKeys<TWords> keys, TWords counter,
        out TWords c0, out TWords c1, out TWords c2, out TWords c3)
        where TWords : struct, IWords<TWords>
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
    private static void Round<TWords>(
        TWords key0, TWords key1,
        ref TWords c0, ref TWords c1, ref TWords c2, ref TWords c3)
        where TWords : struct, IWords<TWords>
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
    internal static TWords Misses<TWords>(TWords x, TWords y)
        where TWords : struct, IWords<TWords> =>
        ((TWords.Multiply(x, x) >> 1) + (TWords.Multiply(y, y) >> 1)) >> 63;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWords Multiply<TWords>(TWords words, uint multiplier)
        where TWords : struct, IWords<TWords> =>
        TWords.Multiply(words, TWords.Create(multiplier));
}
