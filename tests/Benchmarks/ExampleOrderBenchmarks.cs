using BenchmarkDotNet.Attributes;
using Cluster.Protocol.Lanes;

namespace Cluster.Benchmarks;

/// <summary>Time an example's place in an epoch's order on one core, at sizes that fill the network's domain and that leave most of it empty.</summary>
[MemoryDiagnoser]
public class ExampleOrderBenchmarks
{
    private const int BatchSize = 256;

    private ExampleOrder _order = null!;
    private long _epoch;

    [Params(101, 1 << 14, (1 << 14) + 1, 60_000, 100_000_007)]
    public long Examples { get; set; }

    [GlobalSetup]
    public void Create() => _order = new ExampleOrder(seed: 42, Examples);

    /// <summary>A batch of an epoch that was not met before.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public long Batch()
    {
        long sum = 0;
        var order = _order.Of(++_epoch);
        for (long i = 0; i < BatchSize; i++)
            sum += order.Example(i % Examples);
        return sum;
    }
}
