using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Philox;

/// <summary>
/// <see cref="Philox4x32"/> for four counters at once. A word is in the low half of a 64-bit lane; upper halves hold
/// garbage, which the 32×32-bit multiplication does not read.
/// </summary>
internal static class Philox4x32Vector
{
    /// <summary>The blocks of the counters (low index, high index, <paramref name="word2"/>, 0) under the key
    /// (low seed, high seed): words 0 and 1 as one 64-bit number, word 0 in its low half, and so words 2 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Blocks(
        Vector256<ulong> indices, uint word2, ulong seed, out Vector256<ulong> words01, out Vector256<ulong> words23)
    {
        var c0 = indices;
        var c1 = indices >> 32;
        var c2 = Vector256.Create((ulong)word2);
        var c3 = Vector256<ulong>.Zero;
        var (key0, key1) = ((uint)seed, (uint)(seed >> 32));
        for (var round = 0; round < Philox4x32.Rounds; round++)
        {
            var product0 = Multiply(c0, Philox4x32.Multiplier0);
            var product1 = Multiply(c2, Philox4x32.Multiplier1);
            c0 = (product1 >> 32) ^ c1 ^ Vector256.Create((ulong)key0);
            c2 = (product0 >> 32) ^ c3 ^ Vector256.Create((ulong)key1);
            c1 = product1;
            c3 = product0;
            key0 += Philox4x32.Weyl0;
            key1 += Philox4x32.Weyl1;
        }

        words01 = Join(c0, c1);
        words23 = Join(c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Join(Vector256<ulong> low, Vector256<ulong> high) =>
        (low & Vector256.Create(0xFFFF_FFFFul)) | (high << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> words, uint multiplier) =>
        Words256.Multiply(new Words256(words), new Words256(Vector256.Create((ulong)multiplier))).Vector;
}
