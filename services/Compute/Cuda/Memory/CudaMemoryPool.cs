using Cluster.Compute.Cuda.Driver;
using Cluster.Compute.Cuda.Execution;

namespace Cluster.Compute.Cuda.Memory;

/// <summary>
/// Device memory that is used again: getting it from the driver waits for the whole device. Blocks have sizes of their own, so
/// that they fit what comes next; idle ones are kept up to a limit, and given back to the driver when it has no more.
/// </summary>
internal sealed class CudaMemoryPool(CudaThread thread, long idleLimit) : IDisposable
{
    private const long SmallestBlock = 512;
    private const long LargeBlock = 2 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<CudaMemoryHandle>> _idle = [];
    private long _idleBytes;
    private bool _isClosed;

    /// <summary>Bytes of the block that serves <paramref name="bytes"/>: a power of two, above 2 MiB a multiple of that.</summary>
    public static long BlockFor(long bytes) => bytes > LargeBlock
        ? (bytes + LargeBlock - 1) / LargeBlock * LargeBlock
        : Math.Max(SmallestBlock, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes));

    /// <exception cref="CudaException">The device has not that much memory left, after all idle blocks were given back.</exception>
    public CudaMemoryHandle Rent(long bytes)
    {
        var block = BlockFor(bytes);
        if (TryTake(block) is { } idle) return idle;
        try
        {
            return thread.Call(context => new CudaMemoryHandle(context, block));
        }
        catch (CudaException failure) when (failure.IsOutOfMemory)
        {
            Trim();
            return thread.Call(context => new CudaMemoryHandle(context, block));
        }
    }

    /// <summary>Takes back a block that nothing enqueued uses any more.</summary>
    public void Return(CudaMemoryHandle memory)
    {
        lock (_gate)
        {
            if (!_isClosed && thread.Lost is null && _idleBytes + memory.Bytes <= idleLimit)
            {
                if (!_idle.TryGetValue(memory.Bytes, out var blocks)) _idle[memory.Bytes] = blocks = new();
                blocks.Push(memory);
                _idleBytes += memory.Bytes;
                return;
            }
        }

        memory.Dispose();
    }

    /// <summary>Gives all idle blocks back to the driver.</summary>
    public void Trim()
    {
        CudaMemoryHandle[] blocks;
        lock (_gate)
        {
            blocks = [.. _idle.Values.SelectMany(stack => stack)];
            _idle.Clear();
            _idleBytes = 0;
        }

        foreach (var block in blocks)
            block.Dispose();
    }

    public void Dispose()
    {
        lock (_gate) _isClosed = true;
        Trim();
    }

    private CudaMemoryHandle? TryTake(long block)
    {
        lock (_gate)
        {
            if (!_idle.TryGetValue(block, out var blocks) || !blocks.TryPop(out var memory)) return null;
            _idleBytes -= block;
            return memory;
        }
    }
}
