using Cluster.Compute.Devices;
using Cluster.Compute.Memory;
using Cluster.Compute.Threads;

namespace Cluster.Compute.MatMul;

/// <summary>
/// Matrix products on the CPU: packed operands, blocks of C for the threads, register tiles. <c>MatMulBenchmarks</c> measures it.
/// Belongs to one stream, for one thread at a time; keeps the memory for packing between calls.
/// </summary>
internal abstract class MatMulKernel : IDisposable
{
    public static MatMulKernel For(VectorWidth width, ThreadTeam team, CpuMemoryPool memory) => width switch
    {
        VectorWidth.Bits512 => new MatMulKernel<MicroKernel512>(team, memory),
        VectorWidth.Bits256 => new MatMulKernel<MicroKernel256>(team, memory),
        _ => new MatMulKernel<MicroKernel128>(team, memory),
    };

    public abstract void Multiply(in MatMulShape shape, ArraySegment<float> a, ArraySegment<float> b, ArraySegment<float> c);

    public abstract void Dispose();
}

internal sealed class MatMulKernel<TMicro>(ThreadTeam team, CpuMemoryPool memory) : MatMulKernel
    where TMicro : struct, IMicroKernel
{
    /// <summary>Rows and columns of a block of C: as much of A as half a second cache holds.</summary>
    private const int BlockRows = 144, BlockColumns = 256;

    /// <summary>Products below which a thread's help costs more than it brings: some ten µs.</summary>
    private const long SmallWork = 1 << 19;

    /// <summary>Elements that are worth a thread's while to pack.</summary>
    private const int PackGrain = 1 << 15;

    private readonly CpuScratch _packedA = new(memory);
    private readonly CpuScratch _packedB = new(memory);
    private readonly RangeJob<PackKernel> _pack = new();
    private readonly RangeJob<TileKernel<TMicro>> _tiles = new();

    public override void Multiply(in MatMulShape shape, ArraySegment<float> a, ArraySegment<float> b, ArraySegment<float> c)
    {
        var (m, n, k) = (shape.M, shape.N, shape.K);
        if (m == 0 || n == 0 || k == 0)
        {
            c.AsSpan().Clear();
            return;
        }

        var panelsA = Pack(a, _packedA, m, k, TMicro.Rows, shape.TransposeA);
        var panelsB = Pack(b, _packedB, n, k, TMicro.Columns, !shape.TransposeB);
        var grid = Cut(m, n, k);
        _tiles.Run(team, new TileKernel<TMicro>(grid, panelsA, panelsB, c), grid.Blocks, grain: 1);
    }

    public override void Dispose()
    {
        _packedA.Dispose();
        _packedB.Dispose();
    }

    private ArraySegment<float> Pack(ArraySegment<float> source, CpuScratch scratch, int count, int depth, int width, bool isSideBySide)
    {
        var panels = (count - 1) / width + 1;
        var packed = scratch.Take(checked(panels * width * depth));
        _pack.Run(
            team, new PackKernel(source, packed, count, depth, width, isSideBySide), panels, PackGrain / (width * depth) + 1);
        return packed;
    }

    /// <summary>Cuts C so that each thread has some blocks, unless the work is small.</summary>
    private TileGrid Cut(int m, int n, int k)
    {
        var grid = new TileGrid(m, n, k, BlockRows, BlockColumns);
        if ((long)m * n * k < SmallWork)
            return grid with { BlockRows = m, BlockColumns = n };

        while (team.Cores > 1 && grid.Blocks < 4 * team.Cores)
        {
            if (grid.BlockColumns > 2 * TMicro.Columns)
                grid = grid with { BlockColumns = grid.BlockColumns / 2 };
            else if (grid.BlockRows > 2 * TMicro.Rows)
                grid = grid with { BlockRows = (grid.BlockRows / 2 - 1) / TMicro.Rows * TMicro.Rows + TMicro.Rows };
            else
                break;
        }

        return grid;
    }
}
