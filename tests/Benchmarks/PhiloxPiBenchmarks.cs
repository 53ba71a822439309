using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Cluster.Compute.Computations;
using Cluster.Compute.Pi;

namespace Cluster.Benchmarks;

/// <summary>Time a point on one core: 2 ns is 500 million points a second.</summary>
[MemoryDiagnoser]
public class PhiloxPiBenchmarks
{
    private const long Blocks = 1 << 24;
    private const int Points = 2 * (int)Blocks;

    private IBoundComputation _computation = null!;

    [Params(42ul)]
    public ulong Seed { get; set; }

    [GlobalSetup]
    public void Bind() =>
        _computation = new PiComputation().Bind(JsonElement.Parse($$"""{"seed": {{Seed}}}"""));

    [Benchmark(Baseline = true, OperationsPerInvoke = Points)]
    public ulong Kernel() => PhiloxPiKernel.CountInside(0, Blocks, Seed);

    [Benchmark(OperationsPerInvoke = Points)]
    public byte[] KernelInGrains()
    {
        var space = new GrainSpace(Blocks, PiComputation.GrainSize);
        return RangeComputer.Compute(
            _computation, space, new GrainRange(0, space.GrainCount), cores: 1, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Points / 16)]
    public ulong Reference() => PhiloxPiReference.CountInside(0, Blocks / 16, Seed);
}
