using BenchmarkDotNet.Attributes;
using Cluster.Compute.Cpu;
using Cluster.Compute.Devices;
using Cluster.Compute.Threads;

namespace Cluster.Benchmarks.Kernels;

/// <summary>Matrix products; 2·m·n·k operations each.</summary>
[ShortKernelJob]
public class MatMulBenchmarks
{
    private CpuDevice _device = null!;
    private IDeviceStream _stream = null!;
    private DeviceBuffer _a = null!;
    private DeviceBuffer _b = null!;
    private DeviceBuffer _c = null!;
    private MatMulShape _shape;

    [Params(1, 2)]
    public int Cores { get; set; }

    [ParamsSource(nameof(Widths))]
    public int Bits { get; set; }

    /// <summary>Rows, depth and columns.</summary>
    [Params("128x784x256", "256x256x256", "512x512x512", "1024x1024x1024")]
    public string Shape { get; set; } = "";

    public static IEnumerable<int> Widths => PhiloxPiBenchmarks.Widths;

    [GlobalSetup]
    public void Open()
    {
        var sizes = Array.ConvertAll(Shape.Split('x'), int.Parse);
        _shape = new MatMulShape(sizes[0], sizes[2], sizes[1]);
        _device = Device();
        _stream = _device.OpenStream();
        (_a, _b, _c) = (_stream.Rent(_shape.M * _shape.K), _stream.Rent(_shape.K * _shape.N), _stream.Rent(_shape.M * _shape.N));
        _stream.Fill(_a, 0.5f);
        _stream.Fill(_b, 0.25f);
    }

    [GlobalCleanup]
    public void Close() => _device.Dispose();

    [Benchmark]
    public void Multiply() => _stream.MatMul(in _shape, _a, _b, _c);

    private CpuDevice Device() => new(Cores, (VectorWidth)Bits);
}
