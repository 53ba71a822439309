using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Cluster.Compute.Computations;
using Cluster.Compute.Pricing;

namespace Cluster.Benchmarks.Kernels;

/// <summary>Time a path on one core, European with one date and Asian with twelve: 10 ns is 100 million paths a second.</summary>
[ShortKernelJob]
public class PriceBenchmarks
{
    private const long Indices = 1 << 14;
    private const int Paths = 2 * (int)Indices;

    private readonly byte[] _partial = new byte[16];
    private IBoundComputation _computation = null!;

    [Params(1, 12)]
    public int Dates { get; set; }

    [GlobalSetup]
    public void Bind() => _computation = new PriceComputation().Bind(JsonElement.Parse(
        $$"""
        {"kind":"asian","option":"call","spot":100,"strike":100,"rate":0.05,"dividendYield":0,"volatility":0.2,"maturity":1,
        "dates":{{Dates}},"seed":42}
        """));

    [Benchmark(OperationsPerInvoke = Paths)]
    public void Kernel() => _computation.Compute(new IndexRange(0, Indices), _partial, CancellationToken.None);
}
