using System.Runtime.Intrinsics.X86;
using BenchmarkDotNet.Attributes;
using Cluster.Compute.Pricing;
using Cluster.Compute.Threads;

namespace Cluster.Benchmarks.Kernels;

/// <summary>Time a path on one core by the width of the vectors, European with one date and Asian with twelve: 10 ns is 100 million paths a second.</summary>
[ShortKernelJob]
public class PriceBenchmarks
{
    private const long Indices = 1 << 14;
    private const int Paths = 2 * (int)Indices;

    private OptionTerms _terms;

    [Params(1, 12)]
    public int Dates { get; set; }

    [GlobalSetup]
    public void Bind() => _terms = new OptionTerms(new PriceArguments
    {
        IsCall = true,
        Spot = 100,
        Strike = 100,
        Rate = 0.05,
        DividendYield = 0,
        Volatility = 0.2,
        Maturity = 1,
        Dates = Dates,
        Seed = 42,
    });

    [Benchmark(OperationsPerInvoke = Paths)]
    [ArgumentsSource(nameof(Widths))]
    public PriceSums Kernel(int bits) => PriceKernel.Sum(in _terms, 0, Indices, (VectorWidth)bits);

    public static IEnumerable<int> Widths() => Avx512F.IsSupported ? [256, 512] : [256];
}
