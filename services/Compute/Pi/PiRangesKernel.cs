using Cluster.Compute.Threads;

namespace Cluster.Compute.Pi;

/// <summary>Counts of neighbouring ranges of blocks. Items are ranges. The counts stay where they are while it runs.</summary>
internal readonly unsafe struct PiRangesKernel(long from, long to, long blocks, ulong seed, VectorWidth width, ulong* counts) : IRangeKernel
{
    public void Execute(int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var start = from + i * blocks;
            counts[i] = PhiloxPiKernel.CountInside(start, to - start > blocks ? start + blocks : to, seed, width);
        }
    }
}
