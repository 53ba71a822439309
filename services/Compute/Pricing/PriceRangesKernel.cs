using Cluster.Compute.Threads;

namespace Cluster.Compute.Pricing;

/// <summary>Sums of neighbouring ranges of indices. Items are ranges. The sums stay where they are while it runs.</summary>
internal readonly unsafe struct PriceRangesKernel(OptionTerms terms, long from, long to, long indices, VectorWidth width, PriceSums* sums) : IRangeKernel
{
    public void Execute(int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            var start = from + i * indices;
            sums[i] = PriceKernel.Sum(in terms, start, to - start > indices ? start + indices : to, width);
        }
    }
}
