using BenchmarkDotNet.Attributes;
using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Protocol.Lanes;

namespace Cluster.Benchmarks;

/// <summary>Time an example on one core: its gradient alone, and with the batch read in the epoch's order.</summary>
[MemoryDiagnoser]
public class LinearGradientBenchmarks
{
    private const int BatchSize = 256;

    private LinearRegression _model = null!;
    private BatchReader _reader = null!;
    private Batch _batch = null!;
    private float[] _parameters = null!;
    private float[] _sum = null!;

    [Params(1, 16, 784)]
    public int Features { get; set; }

    [GlobalSetup]
    public void Create()
    {
        const int Rows = 1 << 14;
        var x = new float[Rows * Features];
        var y = new float[Rows];
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)PhiloxNormal.At(1, (ulong)i);
        var data = new DataSet(new DataSchema(Enumerable.Range(0, Features).Select(i => $"x{i}"), "y"), [new DataChunk(0, Features, x, y)]);
        _model = new LinearRegression(Features);
        _reader = new BatchReader(data, new EpochSchedule(Rows, lanes: 1, BatchSize, epochs: 1), seed: 2);
        _batch = _reader.CreateBatch();
        _reader.Read(0, 0, _batch);
        _parameters = new float[_model.Layout.Length];
        _sum = new float[_model.Layout.Length];
    }

    [Benchmark(OperationsPerInvoke = BatchSize)]
    public double Gradient() => _model.Gradient(_parameters, _batch, _sum);

    [Benchmark(OperationsPerInvoke = BatchSize)]
    public double ReadAndGradient()
    {
        _reader.Read(0, 7, _batch);
        return _model.Gradient(_parameters, _batch, _sum);
    }
}
