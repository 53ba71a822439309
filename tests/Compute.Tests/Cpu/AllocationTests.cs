using Cluster.Compute.Cpu;
using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;
using Cluster.Compute.Pricing;

namespace Cluster.Compute.Tests.Cpu;

/// <summary>Steady state allocates nothing, on the calling thread and on helpers: the process's total is counted.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Rows = 128, Inputs = 300, Outputs = 70;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Operations_InSteadyState_AllocateNothing(int cores)
    {
        using var device = new CpuDevice(cores);
        using var stream = device.OpenStream();
        using var x = Ones(stream, Rows * Inputs);
        using var weights = Ones(stream, Inputs * Outputs);
        using var bias = Ones(stream, Outputs);
        using var y = Ones(stream, Rows * Outputs);
        using var dy = Ones(stream, Rows * Outputs);
        using var dWeights = Ones(stream, Inputs * Outputs);
        using var dBias = Ones(stream, Outputs);
        using var dx = Ones(stream, Rows * Inputs);
        using var labels = Ones(stream, Rows);
        using var losses = Ones(stream, Rows * Outputs);
        using var large = Ones(stream, 300_000);
        using var slots = Ones(stream, 600_000);
        using var gradient = Ones(stream, 300_000);
        var adam = new Adam(0.01f);
        using var sum = Ones(stream, 1);
        var counts = new ulong[4];
        var prices = new PriceSums[4];
        var terms = new OptionTerms(new PriceArguments
        {
            IsCall = true,
            Spot = 100,
            Strike = 100,
            Rate = 0,
            DividendYield = 0,
            Volatility = 0.2,
            Maturity = 1,
            Dates = 2,
            Seed = 1,
        });

        void Step()
        {
            foreach (var activation in (ReadOnlySpan<Activation>)[Activation.Identity, Activation.Relu, Activation.Tanh, Activation.Sigmoid])
            {
                stream.DenseForward(Rows, x, weights, bias, activation, y);
                stream.DenseBackward(Rows, x, weights, activation, y, dy, dWeights, dBias, dx);
            }

            stream.SoftmaxCrossEntropy(Rows, y, labels, losses.Slice(0, Rows), dy);
            stream.SigmoidCrossEntropy(y, dy, losses, y);
            stream.SquaredError(y, dy, losses, y);
            stream.Add(large, large, large);
            stream.Multiply(large, large, large);
            stream.Scale(large, 0.5f, large);
            stream.AddScaled(weights, 0.5f, dWeights);
            stream.ReduceSum(large, sum);
            stream.Copy(weights, dWeights);
            stream.Update(adam, large, large, slots, gradient, 128, default);
            stream.Fill(large, 1);
            stream.CountPiInside(0, 4000, 1000, 1, counts);
            stream.SumPrices(in terms, 0, 40, 10, prices);
        }

        // The first steps fill the pools; the runtime itself may allocate now and then, for tiers of code.
        for (var i = 0; i < 50; i++)
            Step();
        var fewest = long.MaxValue;
        for (var i = 0; i < 50 && fewest > 0; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Step();
            fewest = Math.Min(fewest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, fewest);
    }

    private static DeviceBuffer Ones(IDeviceStream stream, int length)
    {
        var buffer = stream.Rent(length);
        stream.Fill(buffer, 1);
        return buffer;
    }
}
