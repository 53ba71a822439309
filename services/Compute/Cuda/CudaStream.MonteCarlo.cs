using System.Runtime.InteropServices;
using Cluster.Compute.Cuda.Execution;
using Cluster.Compute.Devices;
using Cluster.Compute.Pricing;

namespace Cluster.Compute.Cuda;

/// <summary>Draws of Philox, many ranges a launch.</summary>
internal sealed partial class CudaStream
{
    // The most blocks of a grid in its second dimension, and so many ranges in one launch of the price too.
    private const int MostRanges = 65_535;

    // Philox blocks that a thread should have at least, and blocks of threads that may share a range.
    private const int BlocksAThread = 64;
    private const int MostBlocksARange = 1024;

    public void CountPiInside(long from, long to, long blocks, ulong seed, Span<ulong> counts)
    {
        SpanChecks.RequireRanges(from, to, blocks, counts.Length, nameof(blocks));
        while (counts.Length > 0)
        {
            var ranges = Math.Min(counts.Length, MostRanges);
            var end = ranges == counts.Length ? to : from + ranges * blocks;
            CountPi(from, end, blocks, seed, counts[..ranges]);
            from = end;
            counts = counts[ranges..];
        }
    }

    public void SumPrices(in OptionTerms terms, long from, long to, long indices, Span<PriceSums> sums)
    {
        SpanChecks.RequireRanges(from, to, indices, sums.Length, nameof(indices));
        while (sums.Length > 0)
        {
            var ranges = Math.Min(sums.Length, MostRanges);
            var end = ranges == sums.Length ? to : from + ranges * indices;
            SumPaths(in terms, from, end, indices, sums[..ranges]);
            from = end;
            sums = sums[ranges..];
        }
    }

    private void CountPi(long from, long to, long blocks, ulong seed, Span<ulong> counts)
    {
        var bytes = MemoryMarshal.AsBytes(counts);
        using var results = Rent(bytes.Length / sizeof(float));
        Fill(results, 0);

        const long share = BlocksAThread * 256;
        var longest = Math.Min(blocks, to - from);
        var sharing = Math.Clamp((longest - 1) / share + 1, 1, MostBlocksARange);
        Launch(
            CudaKernel.PiCounts, new LaunchSize((uint)sharing, (uint)counts.Length, CudaKernel.PiCounts.Threads),
            new KernelArguments().Add(Address(results)).Add((ulong)from).Add((ulong)to).Add((ulong)blocks).Add(seed));
        Download(Address(results), bytes);
    }

    private void SumPaths(in OptionTerms terms, long from, long to, long indices, Span<PriceSums> sums)
    {
        var bytes = MemoryMarshal.AsBytes(sums);
        using var results = Rent(bytes.Length / sizeof(float));
        Launch(
            CudaKernel.PriceSums, new LaunchSize((uint)sums.Length, 1, CudaKernel.PriceSums.Threads),
            new KernelArguments().Add(Address(results)).Add((ulong)from).Add((ulong)to).Add((ulong)indices).Add(terms.Seed)
                .Add(terms.Dates).Add(terms.Drift).Add(terms.Diffusion).Add(terms.Scale).Add(terms.Offset).Add(terms.Centre));
        Download(Address(results), bytes);
    }
}
