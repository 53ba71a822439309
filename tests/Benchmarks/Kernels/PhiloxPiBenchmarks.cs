using System.Runtime.Intrinsics.X86;
using BenchmarkDotNet.Attributes;
using Cluster.Compute.Pi;
using Cluster.Compute.Threads;

namespace Cluster.Benchmarks.Kernels;

/// <summary>Time a point on one core, at each vector width, beside a C++ twin: 2 ns is 500 million points a second.</summary>
[ShortKernelJob]
public class PhiloxPiBenchmarks
{
    private const long Blocks = 1 << 18;
    private const int Points = 2 * (int)Blocks;

    [Params(42ul)]
    public ulong Seed { get; set; }

    public static IEnumerable<int> Widths => Avx512F.IsSupported ? [128, 256, 512] : Avx2.IsSupported ? [128, 256] : [128];

    public static IEnumerable<int> TwinWidths
    {
        get
        {
            if (NativePi.Missing is not { } reason) return Avx512F.IsSupported ? [256, 512] : [256];
            Console.WriteLine($"// The C++ twin is skipped: {reason}.");
            return [];
        }
    }

    [GlobalSetup(Target = nameof(Twin))]
    public void CheckTwin()
    {
        foreach (var bits in TwinWidths)
        {
            if (NativePi.CountInside(bits, Blocks + 7, Seed) != PhiloxPiKernel.CountInside(0, Blocks + 7, Seed))
                throw new InvalidOperationException($"The twin of {bits} bits counts differently.");
        }
    }

    [Benchmark(OperationsPerInvoke = Points)]
    [ArgumentsSource(nameof(Widths))]
    public ulong Kernel(int bits) => PhiloxPiKernel.CountInside(0, Blocks, Seed, (VectorWidth)bits);

    [Benchmark(OperationsPerInvoke = Points)]
    [ArgumentsSource(nameof(TwinWidths))]
    public ulong Twin(int bits) => NativePi.CountInside(bits, Blocks, Seed);

    [Benchmark(OperationsPerInvoke = Points / 16)]
    public ulong Reference() => PhiloxPiReference.CountInside(0, Blocks / 16, Seed);
}
