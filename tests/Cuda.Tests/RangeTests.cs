using System.Text.Json;
using Cluster.Compute.Computations;
using Cluster.Compute.Cuda;
using CsCheck;

namespace Cluster.Cuda.Tests;

/// <summary>Ranges of grains on a device, on the test double.</summary>
public sealed class RangeTests : IDisposable
{
    private readonly CudaDouble.CudaDoubleDriver _driver = Drivers.Double();
    private readonly CudaDevice _device = CudaDevices.Open(0);

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData(997, 1 << 20)]
    [InlineData(1 << 30, 1 << 20)]
    public void Compute_Pi_IsTheKnownAnswer(long grainSize, long blocks)
    {
        var computation = new PiComputation().Bind(JsonElement.Parse("""{"seed": 42}"""));
        var space = new GrainSpace(blocks, grainSize);
        var fold = new GrainFold(computation, space);
        var all = new GrainRange(0, space.GrainCount);

        fold.Add(all, RangeComputer.Compute(computation, space, all, _device, TestContext.Current.CancellationToken));

        Assert.Equal(1_647_312, computation.Result(fold.Total(), space).GetProperty("inside").GetInt64());
    }

    [Fact]
    public void Compute_AnyRangeOfPrices_HasTheBytesOfTheCpu() =>
        Gen.Select(Gen.Long[1, 5000], Gen.Int[20, 300], Gen.Int[1, 5], Gen.Bool, Gen.Double[0.1, 0.9]).Sample(
            (indices, grainSize, dates, isCall, cut) =>
            {
                var computation = new PriceComputation().Bind(JsonSerializer.SerializeToElement(new
                {
                    kind = "asian",
                    option = isCall ? "call" : "put",
                    spot = 100,
                    strike = 105,
                    rate = 0.03,
                    dividendYield = 0.01,
                    volatility = 0.3,
                    maturity = 1.5,
                    dates,
                    seed = 7,
                }));
                var space = new GrainSpace(indices, grainSize);
                var range = new GrainRange((long)(cut * (space.GrainCount - 1)), space.GrainCount);

                var device = RangeComputer.Compute(computation, space, range, _device, TestContext.Current.CancellationToken);

                Assert.Equal(RangeComputer.Compute(computation, space, range, 1, TestContext.Current.CancellationToken), device);
            }, iter: 10, threads: 1);

    [Fact]
    public void Compute_NotForThisDevice_SaysSo()
    {
        var error = Assert.Throws<NotSupportedException>(() => RangeComputer.Compute(
            new CpuOnly(), new GrainSpace(10, 1), new GrainRange(0, 10), _device, TestContext.Current.CancellationToken));

        Assert.Contains("does not run on TEST DOUBLE (no GPU)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_ALaunchIsRefused_ThrowsItAndTheNextRangeWorks()
    {
        var computation = new PiComputation().Bind(JsonElement.Parse("""{"seed": 42}"""));
        var (space, range) = (new GrainSpace(1 << 20, 1000), new GrainRange(0, 1049));
        _driver.Set("launch_code", 701);
        _driver.Set("launch_code_after", 2);

        var error = Assert.Throws<CudaException>(() => Compute());

        Assert.Equal("cuLaunchKernel", error.Function);
        Assert.Equal(RangeComputer.Compute(computation, space, range, 2, TestContext.Current.CancellationToken), Compute());

        byte[] Compute() => RangeComputer.Compute(computation, space, range, _device, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Compute_Cancelled_StopsBeforeTheNextChunk()
    {
        var computation = new PiComputation().Bind(JsonElement.Parse("""{"seed": 42}"""));
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => RangeComputer.Compute(
            computation, new GrainSpace(1L << 50, 1 << 20), new GrainRange(0, 1L << 30), _device, cancellation.Token));
    }

    private sealed class CpuOnly : IBoundComputation
    {
        public int PartialSize => 1;

        public void Compute(IndexRange range, Span<byte> partial, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("not on the CPU either");

        public void Merge(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> merged) =>
            throw new InvalidOperationException("nothing to merge");

        public JsonElement Result(ReadOnlySpan<byte> total, GrainSpace space) => throw new InvalidOperationException("no result");
    }
}
