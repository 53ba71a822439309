using System.Runtime.CompilerServices;

namespace Cluster.Compute.Philox;

/// <summary>
/// <see cref="Philox4x32"/> for a vector of counters at once. A word is in the low half of a 64-bit lane; upper halves hold
/// garbage, which the 32×32-bit multiplication does not read.
/// </summary>
internal static class Philox4x32Vector
{
    /// <summary>The blocks of the counters (low index, high index, <paramref name="word2"/>, 0) under the key
    /// (low seed, high seed): words 0 and 1 as one 64-bit number, word 0 in its low half, and so words 2 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Blocks<TWords>(TWords indices, uint word2, ulong seed, out TWords words01, out TWords words23)
        where TWords : struct, IWords<TWords>
    {
        var c0 = indices;
        var c1 = indices >> 32;
        var c2 = TWords.Create(word2);
        var c3 = TWords.Create(0);
        var (key0, key1) = ((uint)seed, (uint)(seed >> 32));
        for (var round = 0; round < Philox4x32.Rounds; round++)
        {
            var product0 = TWords.Multiply(c0, TWords.Create(Philox4x32.Multiplier0));
            var product1 = TWords.Multiply(c2, TWords.Create(Philox4x32.Multiplier1));
            c0 = (product1 >> 32) ^ c1 ^ TWords.Create(key0);
            c2 = (product0 >> 32) ^ c3 ^ TWords.Create(key1);
            c1 = product1;
            c3 = product0;
            key0 += Philox4x32.Weyl0;
            key1 += Philox4x32.Weyl1;
        }

        words01 = Join(c0, c1);
        words23 = Join(c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWords Join<TWords>(TWords low, TWords high)
        where TWords : struct, IWords<TWords> =>
        (low & TWords.Create(0xFFFF_FFFFul)) | (high << 32);
}
