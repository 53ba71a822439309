using System.Runtime.InteropServices;
using Cluster.Compute.Threads;

namespace Cluster.Compute.MatMul;

/// <summary>Sizes of a product and how C is cut into blocks: rows and columns of a block are whole panels.</summary>
internal readonly record struct TileGrid(int M, int N, int K, int BlockRows, int BlockColumns)
{
    public int ColumnBlocks => (N - 1) / BlockColumns + 1;

    public int Blocks => ((M - 1) / BlockRows + 1) * ColumnBlocks;
}

/// <summary>
/// Blocks of C from packed operands. The depth is cut so that a panel of B stays in the first cache while the block's panels of A,
/// which stay in the second, pass by. Items are blocks.
/// </summary>
internal readonly struct TileKernel<TMicro>(
    TileGrid grid, ArraySegment<float> packedA, ArraySegment<float> packedB, ArraySegment<float> c) : IRangeKernel
    where TMicro : struct, IMicroKernel
{
    private const int MaxDepth = 256;
    private const int MaxTile = 12 * 32;

    public void Execute(int from, int to)
    {
        var cuts = (grid.K - 1) / MaxDepth + 1;
        var depth = (grid.K - 1) / cuts + 1;
        Span<float> edge = stackalloc float[MaxTile];
        for (var block = from; block < to; block++)
        {
            for (var k = 0; k < grid.K; k += depth)
                Multiply(block, k, Math.Min(depth, grid.K - k), edge);
        }
    }

    private void Multiply(int block, int k, int depth, Span<float> edge)
    {
        var (row0, column0) = (block / grid.ColumnBlocks * grid.BlockRows, block % grid.ColumnBlocks * grid.BlockColumns);
        var (rowEnd, columnEnd) = (Math.Min(row0 + grid.BlockRows, grid.M), Math.Min(column0 + grid.BlockColumns, grid.N));
        for (var column = column0; column < columnEnd; column += TMicro.Columns)
        {
            ref var b = ref MemoryMarshal.GetReference(packedB.AsSpan(column * grid.K + k * TMicro.Columns, depth * TMicro.Columns));
            for (var row = row0; row < rowEnd; row += TMicro.Rows)
            {
                ref var a = ref MemoryMarshal.GetReference(packedA.AsSpan(row * grid.K + k * TMicro.Rows, depth * TMicro.Rows));
                var tile = c.AsSpan(row * grid.N + column);
                var (rows, columns) = (Math.Min(TMicro.Rows, rowEnd - row), Math.Min(TMicro.Columns, columnEnd - column));
                if (rows == TMicro.Rows && columns == TMicro.Columns)
                    TMicro.Multiply(depth, ref a, ref b, ref MemoryMarshal.GetReference(tile), grid.N, k == 0);
                else
                    MultiplyEdge(depth, ref a, ref b, tile, rows, columns, k == 0, edge);
            }
        }
    }

    /// <summary>A tile that sticks out of C is computed beside it.</summary>
    private void MultiplyEdge(
        int depth, ref float a, ref float b, Span<float> tile, int rows, int columns, bool isFirst, Span<float> edge)
    {
        if (!isFirst)
        {
            for (var row = 0; row < rows; row++)
                tile.Slice(row * grid.N, columns).CopyTo(edge[(row * TMicro.Columns)..]);
        }

        TMicro.Multiply(depth, ref a, ref b, ref MemoryMarshal.GetReference(edge), TMicro.Columns, isFirst);
        for (var row = 0; row < rows; row++)
            edge.Slice(row * TMicro.Columns, columns).CopyTo(tile[(row * grid.N)..]);
    }
}
