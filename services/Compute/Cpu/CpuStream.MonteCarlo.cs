using Cluster.Compute.Devices;
using Cluster.Compute.Pi;
using Cluster.Compute.Pricing;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Cpu;

internal sealed partial class CpuStream
{
    private readonly RangeJob<PiRangesKernel> _pi = new();
    private readonly RangeJob<PriceRangesKernel> _prices = new();

    public unsafe void CountPiInside(long from, long to, long blocks, ulong seed, Span<ulong> counts)
    {
        ThrowIfDisposed();
        SpanChecks.RequireRanges(from, to, blocks, counts.Length, nameof(blocks));
        fixed (ulong* pinned = counts)
            _pi.Run(_device.Team, new PiRangesKernel(from, to, blocks, seed, _device.Width, pinned), counts.Length, grain: 1);
    }

    public unsafe void SumPrices(in OptionTerms terms, long from, long to, long indices, Span<PriceSums> sums)
    {
        ThrowIfDisposed();
        SpanChecks.RequireRanges(from, to, indices, sums.Length, nameof(indices));
        fixed (PriceSums* pinned = sums)
            _prices.Run(_device.Team, new PriceRangesKernel(terms, from, to, indices, _device.Width, pinned), sums.Length, grain: 1);
    }
}
