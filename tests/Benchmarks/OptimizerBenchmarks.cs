using BenchmarkDotNet.Attributes;
using Cluster.Compute.Optimizers;

namespace Cluster.Benchmarks;

/// <summary>Time of an update a parameter from memory, on one core: 1 ns is 1 G parameters a second.</summary>
[MemoryDiagnoser]
public class OptimizerBenchmarks
{
    private const int Parameters = 1 << 24;

    private readonly float[] _gradient = new float[Parameters];
    private readonly float[][] _versions = [new float[Parameters], new float[Parameters]];
    private Optimizer _optimizer = null!;
    private float[] _slots = [];
    private long _step;

    [Params("sgd", "momentum", "nesterov", "adagrad", "adam", "adamw", "ftrl")]
    public string Rule { get; set; } = "";

    [GlobalSetup]
    public void Create()
    {
        _optimizer = Rule switch
        {
            "momentum" => new Momentum(0.001f),
            "nesterov" => new Momentum(0.001f, isNesterov: true),
            "adagrad" => new Adagrad(0.001f),
            "adam" => new Adam(0.001f),
            "adamw" => new Adam(0.001f, new AdamSettings(WeightDecay: 0.01f)),
            "ftrl" => new Ftrl(0.001f, new FtrlSettings(L1: 0.1f)),
            _ => new Sgd(0.001f),
        };
        for (var i = 0; i < Parameters; i++)
            _gradient[i] = ((i % 1000) - 500) / 500f;
        _slots = new float[Parameters * _optimizer.Slots];
        _optimizer.Initialise(_versions[0], _slots);
    }

    [Benchmark(OperationsPerInvoke = Parameters)]
    public bool FromMemory()
    {
        _step++;
        return _optimizer.Apply(_versions[(_step - 1) & 1], _versions[_step & 1], _slots, _gradient, 8, UpdateTime.AtStep(_step));
    }
}
