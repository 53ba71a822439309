using BenchmarkDotNet.Attributes;
using Cluster.Compute.Cpu;
using Cluster.Compute.Devices;

namespace Cluster.Benchmarks.Kernels;

/// <summary>A perceptron 784-256-10 over a batch of 128: forward, loss and backward; and single operations of its size.</summary>
[ShortKernelJob]
public class LayerBenchmarks
{
    private const int Rows = 128, Inputs = 784, Hidden = 256, Classes = 10;
    private const int Many = 1 << 20;

    private CpuDevice _device = null!;
    private IDeviceStream _stream = null!;
    private DeviceBuffer _x = null!, _w1 = null!, _b1 = null!, _h = null!, _w2 = null!, _b2 = null!, _z = null!, _labels = null!;
    private DeviceBuffer _losses = null!, _dz = null!, _dw2 = null!, _db2 = null!, _dh = null!, _dw1 = null!, _db1 = null!;
    private DeviceBuffer _many = null!, _other = null!, _sum = null!, _losses1024 = null!, _gradient = null!;

    [Params(1, 2)]
    public int Cores { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _device = Device();
        _stream = _device.OpenStream();
        (_x, _w1, _b1, _h) = (Rent(Rows * Inputs), Rent(Inputs * Hidden), Rent(Hidden), Rent(Rows * Hidden));
        (_w2, _b2, _z, _labels) = (Rent(Hidden * Classes), Rent(Classes), Rent(Rows * Classes), Rent(Rows));
        (_losses, _dz, _dw2, _db2) = (Rent(Rows), Rent(Rows * Classes), Rent(Hidden * Classes), Rent(Classes));
        (_dh, _dw1, _db1) = (Rent(Rows * Hidden), Rent(Inputs * Hidden), Rent(Hidden));
        (_many, _other, _sum) = (Rent(Many), Rent(Many), Rent(1));
        (_losses1024, _gradient) = (Rent(1024), Rent(Many));
        // A class that there is: any other row is all NaN, and quick.
        _stream.Fill(_labels, 3);
        _stream.Fill(_other, 3);
    }

    [GlobalCleanup]
    public void Close() => _device.Dispose();

    [Benchmark]
    public void PerceptronStep()
    {
        _stream.DenseForward(Rows, _x, _w1, _b1, Activation.Relu, _h);
        _stream.DenseForward(Rows, _h, _w2, _b2, Activation.Identity, _z);
        _stream.SoftmaxCrossEntropy(Rows, _z, _labels, _losses, _dz);
        _stream.DenseBackward(Rows, _h, _w2, Activation.Identity, _z, _dz, _dw2, _db2, _dh);
        _stream.DenseBackward(Rows, _x, _w1, Activation.Relu, _h, _dh, _dw1, _db1, null);
    }

    [Benchmark]
    public void Softmax128x10() => _stream.SoftmaxCrossEntropy(Rows, _z, _labels, _losses, _dz);

    [Benchmark]
    public void Softmax1024x1024() =>
        _stream.SoftmaxCrossEntropy(1024, _many, _other.Slice(0, 1024), _losses1024, _gradient);

    [Benchmark]
    public void ReduceSum1M() => _stream.ReduceSum(_many, _sum);

    [Benchmark]
    public void AddScaled1M() => _stream.AddScaled(_many, 1e-9f, _other);

    private DeviceBuffer Rent(int length)
    {
        var buffer = _stream.Rent(length);
        _stream.Fill(buffer, 0.01f * (length % 7));
        return buffer;
    }

    private CpuDevice Device() => new(Cores);
}
