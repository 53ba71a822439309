using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Reductions;

/// <summary>
/// Sums of the blocks of <paramref name="a"/>, one level of <see cref="ReduceSumReference"/>; may write into a itself, since the sum
/// of block i goes to index i. Items are blocks; in place only on one thread.
/// </summary>
internal readonly struct ReduceSumKernel(ArraySegment<float> a, ArraySegment<float> sums) : IRangeKernel
{
    /// <summary>Blocks that are worth a thread's while: 64 Ki elements.</summary>
    public const int Grain = 16;

    private const int Chunk = ReduceSumReference.Accumulators;

    public static int Blocks(int length) => (int)((length + (long)ReduceSumReference.BlockLength - 1) / ReduceSumReference.BlockLength);

    public void Execute(int from, int to)
    {
        for (var block = from; block < to; block++)
        {
            var start = block * ReduceSumReference.BlockLength;
            sums.AsSpan()[block] = BlockSum(a.AsSpan(start, Math.Min(ReduceSumReference.BlockLength, a.Count - start)));
        }
    }

    /// <summary>The sum of one block: accumulators 0 to 7 are the lanes of the first vector, and so on.</summary>
    public static float BlockSum(ReadOnlySpan<float> block)
    {
        ref var first = ref MemoryMarshal.GetReference(block);
        var (sum0, sum1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (sum2, sum3) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= block.Length - Chunk; i += Chunk)
        {
            sum0 += Vector256.LoadUnsafe(ref first, (nuint)i);
            sum1 += Vector256.LoadUnsafe(ref first, (nuint)i + 8);
            sum2 += Vector256.LoadUnsafe(ref first, (nuint)i + 16);
            sum3 += Vector256.LoadUnsafe(ref first, (nuint)i + 24);
        }

        if (i < block.Length)
            AddTail(block[i..], ref sum0, ref sum1, ref sum2, ref sum3);
        return AddByHalves(sum0 + sum2 + (sum1 + sum3));
    }

    /// <summary>The sum of eight accumulators, i + 4 to i, then i + 2, then i + 1.</summary>
    public static float AddByHalves(Vector256<float> accumulators)
    {
        var four = accumulators.GetLower() + accumulators.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    private static void AddTail(
        ReadOnlySpan<float> tail, ref Vector256<float> sum0, ref Vector256<float> sum1, ref Vector256<float> sum2, ref Vector256<float> sum3)
    {
        Span<float> accumulators = stackalloc float[Chunk];
        sum0.CopyTo(accumulators);
        sum1.CopyTo(accumulators[8..]);
        sum2.CopyTo(accumulators[16..]);
        sum3.CopyTo(accumulators[24..]);
        for (var i = 0; i < tail.Length; i++)
            accumulators[i] += tail[i];
        sum0 = Vector256.Create<float>(accumulators);
        sum1 = Vector256.Create<float>(accumulators[8..]);
        sum2 = Vector256.Create<float>(accumulators[16..]);
        sum3 = Vector256.Create<float>(accumulators[24..]);
    }
}
