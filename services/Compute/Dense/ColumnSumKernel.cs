using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Dense;

/// <summary>sums[c] = sum of column c of a matrix, its rows in order from 0. Items are columns.</summary>
internal readonly struct ColumnSumKernel(ArraySegment<float> matrix, int rows, ArraySegment<float> sums) : IRangeKernel
{
    private const int Lanes = 8;

    public void Execute(int from, int to)
    {
        var column = from;
        for (; column <= to - 2 * Lanes; column += 2 * Lanes)
            SumTwoVectors(column);
        for (; column < to; column++)
            sums.AsSpan()[column] = SumOne(column);
    }

    private void SumTwoVectors(int column)
    {
        ref var first = ref MemoryMarshal.GetReference(matrix.AsSpan());
        var (sum0, sum1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var row = 0; row < rows; row++)
        {
            var index = (nuint)(row * sums.Count + column);
            sum0 += Vector256.LoadUnsafe(ref first, index);
            sum1 += Vector256.LoadUnsafe(ref first, index + Lanes);
        }

        sum0.CopyTo(sums.AsSpan(column));
        sum1.CopyTo(sums.AsSpan(column + Lanes));
    }

    private float SumOne(int column)
    {
        var sum = 0f;
        for (var row = 0; row < rows; row++)
            sum += matrix[row * sums.Count + column];
        return sum;
    }
}
