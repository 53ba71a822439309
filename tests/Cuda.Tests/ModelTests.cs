using Cluster.Compute.Cpu;
using Cluster.Compute.Cuda;
using Cluster.Compute.Devices;
using Cluster.Compute.Optimizers;
using Cluster.Models.Data;
using Cluster.Models.Dense;
using CsCheck;

namespace Cluster.Cuda.Tests;

/// <summary>A lane's work on the test double: forward, loss and backward, and the update after it, with the bits of the CPU.</summary>
public sealed class ModelTests : IDisposable
{
    private static readonly Gen<DenseNetwork> Networks =
        Gen.Select(
            Gen.Int[1, 40], Gen.Int[1, 70].Array[0, 2], Gen.Int[2, 12], Gen.OneOf(Activation.Relu, Activation.Tanh, Activation.Sigmoid), Gen.Int[0, 2])
            .Select((features, hidden, classes, activation, loss) => new DenseNetwork(
                "mlp", features,
                [
                    .. hidden.Select(units => new DenseLayer(units, activation, Initialiser.He)),
                    new DenseLayer((OutputLoss)loss == OutputLoss.SoftmaxCrossEntropy ? classes : 1, Activation.Identity, Initialiser.Glorot),
                ],
                (OutputLoss)loss));

    private readonly CudaDevice _double;
    private readonly CpuDevice _cpu = new(2);

    public ModelTests()
    {
        Drivers.Double();
        _double = CudaDevices.Open(0);
    }

    public void Dispose()
    {
        _cpu.Dispose();
        _double.Dispose();
    }

    [Fact]
    public void Training_AnyNetwork_HasTheBitsOfTheCpu() =>
        Gen.Select(Networks, Gen.Int[1, 70], Gen.ULong).Sample((network, rows, seed) =>
        {
            var batch = BatchFor(network, rows, (int)seed);

            var (expected, actual) = (Train(network, batch, seed, _cpu), Train(network, batch, seed, _double));

            Assert.Equal(expected.Losses.Select(BitConverter.DoubleToInt64Bits), actual.Losses.Select(BitConverter.DoubleToInt64Bits));
            Assert.Equal(expected.Gradient.Select(BitConverter.SingleToInt32Bits), actual.Gradient.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(expected.Parameters.Select(BitConverter.SingleToInt32Bits), actual.Parameters.Select(BitConverter.SingleToInt32Bits));
            Assert.Contains(actual.Gradient, value => value != 0);
        }, iter: 25, threads: 1);

    /// <summary>Three steps of Adam on one batch.</summary>
    private static (double[] Losses, float[] Gradient, float[] Parameters) Train(DenseNetwork network, Batch batch, ulong seed, IDevice device)
    {
        var length = network.Layout.Length;
        var (w, gradient, losses, optimizer) = (new float[length], new float[length], new double[3], new Adam(0.01f));
        network.Initialise(seed, 0, w);
        using var stream = device.OpenStream();
        using var session = network.Open(stream, batch.Count);
        using var parameters = stream.Rent(length);
        using var slots = stream.Rent(2 * length);
        using var sum = stream.Rent(length);
        stream.Upload(w, parameters);
        stream.Fill(slots, 0);
        for (var step = 0; step < losses.Length; step++)
        {
            session.Load(w);
            losses[step] = session.Gradient(batch, gradient);
            stream.Upload(gradient, sum);
            Assert.True(stream.Update(optimizer, parameters, parameters, slots, sum, batch.Count, UpdateTime.AtStep(step)));
            stream.Download(parameters, w);
        }

        return (losses, gradient, w);
    }

    private static Batch BatchFor(DenseNetwork network, int rows, int seed)
    {
        var random = new Random(seed);
        var batch = new Batch(rows, network.Features);
        var features = new float[network.Features];
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < features.Length; i++)
                features[i] = random.NextSingle() * 2 - 1;
            batch.Add(features, random.Next(Math.Max(2, network.Outputs)));
        }

        return batch;
    }
}
