namespace Cluster.Compute.Memory;

/// <summary>Memory that an operation needs while it runs, kept for the next one. Belongs to one stream.</summary>
internal sealed class CpuScratch(CpuMemoryPool memory) : IDisposable
{
    private ArraySegment<float> _block;

    /// <summary>The first <paramref name="length"/> floats, of undefined content; valid until the next call.</summary>
    public ArraySegment<float> Take(int length)
    {
        if (_block.Count < length)
        {
            Dispose();
            _block = memory.Rent(length);
        }

        return _block.Slice(0, length);
    }

    public void Dispose()
    {
        if (_block.Array is not null) memory.Return(_block);
        _block = default;
    }
}
