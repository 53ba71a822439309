using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.CudaDouble;

namespace Cluster.Cuda.Tests;

/// <summary>Matrix products by cuBLAS, which the test double imitates.</summary>
public sealed class FastModeTests : IDisposable
{
    private const string Variable = "CLUSTER_CUBLAS";

    public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void MatMul_FastMode_IsTheProduct(bool transposeA, bool transposeB)
    {
        Drivers.Double();
        Environment.SetEnvironmentVariable(Variable, CudaDoubleDriver.TryBuild(out _));
        using var device = CudaDevices.Open(0, new CudaOptions { FastMatMul = true });
        using var stream = device.OpenStream();
        var shape = new MatMulShape(3, 5, 7, transposeA, transposeB);
        var left = Enumerable.Range(0, 21).Select(i => (float)i).ToArray();
        var right = Enumerable.Range(0, 35).Select(i => (float)(i % 11)).ToArray();
        using var a = stream.Rent(21);
        using var b = stream.Rent(35);
        using var c = stream.Rent(15);
        stream.Upload(left, a);
        stream.Upload(right, b);

        stream.MatMul(in shape, a, b, c);

        var product = new float[15];
        stream.Download(c, product);
        for (var (row, i) = (0, 0); row < 3; row++)
        {
            for (var column = 0; column < 5; column++, i++)
            {
                var sum = Enumerable.Range(0, 7).Sum(k =>
                    left[transposeA ? k * 3 + row : row * 7 + k] * right[transposeB ? column * 7 + k : k * 5 + column]);
                Assert.Equal(sum, product[i]);
            }
        }
    }

    [Fact]
    public void Open_FastMode_SaysThatTheBitsAreOthers()
    {
        Drivers.Double();
        Environment.SetEnvironmentVariable(Variable, CudaDoubleDriver.TryBuild(out _));

        using var device = CudaDevices.Open(0, new CudaOptions { FastMatMul = true });

        Assert.EndsWith("matrix products by cuBLAS: not the same bits", device.Info.Details, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FastModeWithoutTheLibrary_SaysWhatIsMissing()
    {
        Drivers.Double();
        Environment.SetEnvironmentVariable(Variable, "/nowhere/libcublas.so");

        var error = Assert.Throws<DeviceException>(() => CudaDevices.Open(0, new CudaOptions { FastMatMul = true }));

        Assert.Equal("The fast mode needs cuBLAS: /nowhere/libcublas.so cannot be loaded.", error.Message);
    }
}
