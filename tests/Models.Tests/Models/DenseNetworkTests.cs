using Cluster.Compute.Cpu;
using Cluster.Contracts.Jobs;
using Cluster.Models.Data;
using Cluster.Models.Dense;
using Cluster.Models.Parameters;
using Cluster.Models.Tests.Data;
using CsCheck;

namespace Cluster.Models.Tests.Models;

public sealed class DenseNetworkTests : IDisposable
{
    private const int Rows = 13;
    private readonly CpuDevice _device = new(2);

    public static TheoryData<string, string?, string?, int?> Models => new()
    {
        { "logistic", null, null, null },
        { "softmax", null, null, 4 },
        { "mlp", "7", "relu", 3 },
        { "mlp", "6,5", "tanh", 5 },
        { "mlp", "5,4,3", "sigmoid", 2 },
        { "mlp", "8,4", "relu", null },
        { "mlp", "9", "tanh", null },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradient_EveryParameter_IsTheCentralDifference(string name, string? layers, string? activation, int? classes)
    {
        var network = Create(name, layers, activation, classes);
        var batch = BatchFor(network);
        float[] parameters = Somewhere(network), gradient = new float[parameters.Length];
        using var stream = _device.OpenStream();
        using var session = network.Open(stream, Rows);

        session.Load(parameters);
        var loss = session.Gradient(batch, gradient);

        var oracle = new DoubleNetwork(network);
        double[] at = [.. parameters.Select(p => (double)p)];
        var expected = oracle.Loss(at, batch);
        Assert.Equal(expected, loss, 1e-5 * (1 + expected));
        for (var i = 0; i < gradient.Length; i++)
        {
            var derivative = oracle.Derivative(at, i, batch);
            Assert.True(Math.Abs(derivative - gradient[i]) <= 2e-4 * (1 + Math.Abs(derivative)),
                $"{network.Layout.TensorAt(i).Name}, parameter {i}: {gradient[i]}, should be {derivative}");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradient_AnyNumberOfCores_HasTheSameBits(string name, string? layers, string? activation, int? classes)
    {
        var network = Create(name, layers, activation, classes);
        var batch = BatchFor(network);
        var parameters = Somewhere(network);

        float[][] gradients = [.. Enumerable.Range(1, 3).Select(cores =>
        {
            using var device = new CpuDevice(cores);
            using var stream = device.OpenStream();
            using var session = network.Open(stream, Rows + cores);
            var sum = new float[parameters.Length];
            session.Load(parameters);
            session.Gradient(batch, sum);
            return sum;
        })];

        Assert.All(gradients, gradient => Assert.Equal(gradients[0].Select(BitConverter.SingleToInt32Bits), gradient.Select(BitConverter.SingleToInt32Bits)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Evaluate_AndPredict_AgreeWithDouble(string name, string? layers, string? activation, int? classes)
    {
        var network = Create(name, layers, activation, classes);
        var batch = BatchFor(network);
        float[] parameters = Somewhere(network), outputs = new float[Rows * network.Outputs];
        var sums = new double[network.Metrics.Count];
        using var stream = _device.OpenStream();
        using var session = network.Open(stream, Rows);
        session.Load(parameters);

        session.Evaluate(batch, sums);
        session.Evaluate(batch, sums);
        session.Predict(batch, outputs);

        var oracle = new DoubleNetwork(network);
        double[] at = [.. parameters.Select(p => (double)p)];
        Assert.Equal(2 * oracle.Loss(at, batch), sums[0], 2e-5 * (1 + sums[0]));
        var hits = 0;
        for (var row = 0; row < Rows; row++)
        {
            var expected = Predicted(network, oracle.Outputs(at, batch.Row(row).ToArray()));
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], outputs[(row * expected.Length) + i], 1e-5 * (1 + Math.Abs(expected[i])));
            var named = expected.Length == 1 ? expected[0] > 0.5 ? 1 : 0 : expected.IndexOf(expected.Max());
            hits += named == batch.Labels[row] ? 1 : 0;
        }

        var isRegression = network.Loss == OutputLoss.SquaredError;
        Assert.Equal(["loss", isRegression ? "rmse" : "accuracy"], network.Metrics.Select(m => m.Name));
        Assert.Equal(isRegression ? Math.Sqrt(oracle.Loss(at, batch) / Rows) : hits / (double)Rows, network.Metrics[1].Value(sums[1], 2 * Rows), 1e-4);
    }

    [Fact]
    public void Gradient_AnyCutIntoBatches_AddsUp() => Gen.Int[0, Rows].Sample(cut =>
    {
        var network = Create("mlp", "6,5", "tanh", 5);
        var whole = BatchFor(network);
        float[] parameters = Somewhere(network), sum = new float[parameters.Length], left = new float[parameters.Length], right = new float[parameters.Length];
        using var stream = _device.OpenStream();
        using var session = network.Open(stream, Rows);
        session.Load(parameters);

        var loss = session.Gradient(whole, sum);
        var parts = session.Gradient(Part(whole, 0, cut), left) + session.Gradient(Part(whole, cut, Rows), right);

        Assert.Equal(loss, parts, 1e-9);
        for (var i = 0; i < sum.Length; i++)
            Assert.Equal(sum[i], left[i] + right[i], 1e-4f * (1 + Math.Abs(sum[i])));
    }, iter: 20);

    [Fact]
    public void Session_OnceUsed_AllocatesNothing()
    {
        var network = Create("mlp", "16,8", "relu", 3);
        var batch = BatchFor(network);
        using var device = new CpuDevice(1);
        using var stream = device.OpenStream();
        using var session = network.Open(stream, Rows);
        float[] parameters = Somewhere(network), sum = new float[parameters.Length];
        var sums = new double[2];
        for (var i = 0; i < 10; i++) Work();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Work();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Work()
        {
            session.Load(parameters);
            session.Gradient(batch, sum);
            session.Evaluate(batch, sums);
        }
    }

    [Fact]
    public void Initialise_AnyCutIntoRanges_GivesTheSameVector() => Gen.Select(Gen.Int[0, 200], Gen.ULong).Sample((cut, seed) =>
    {
        var network = Create("mlp", "6,5", "relu", 3);
        float[] whole = new float[network.Layout.Length], parts = new float[network.Layout.Length];
        cut = Math.Min(cut, whole.Length);

        network.Initialise(seed, 0, whole);
        network.Initialise(seed, 0, parts.AsSpan(0, cut));
        network.Initialise(seed, cut, parts.AsSpan(cut));

        Assert.Equal(whole, parts);
    });

    [Fact]
    public void Initialise_LargeLayers_AreUniformWithinTheirBounds()
    {
        var network = Create("mlp", "400,300", "relu", 10);
        var parameters = new float[network.Layout.Length];
        network.Initialise(7, 0, parameters);

        double[] bounds = [Math.Sqrt(6.0 / 5), Math.Sqrt(6.0 / 400), Math.Sqrt(6.0 / 310)];
        for (var layer = 0; layer < 3; layer++)
        {
            ParameterTensor weights = network.Layout.Tensors[2 * layer], biases = network.Layout.Tensors[(2 * layer) + 1];
            var w = parameters[weights.Offset..(weights.Offset + weights.Length)];
            Assert.All(w, value => Assert.InRange(Math.Abs(value), 0, bounds[layer] * 1.000001));
            // The variance of a uniform distribution is a third of its bound's square; five standard errors.
            Assert.Equal(1 / 3.0, w.Average(value => value * value) / (bounds[layer] * bounds[layer]), 5 * 0.3 / Math.Sqrt(w.Length));
            Assert.All(parameters[biases.Offset..(biases.Offset + biases.Length)], value => Assert.Equal(0, value));
        }
    }

    public void Dispose() => _device.Dispose();

    private static DenseNetwork Create(string name, string? layers, string? activation, int? classes)
    {
        IModelFactory[] factories = [new LogisticRegressionFactory(), new SoftmaxRegressionFactory(), new PerceptronFactory()];
        var spec = new TrainingSpec { LearningRate = 1, Model = name, Layers = layers, Activation = activation, Classes = classes };
        Assert.Empty(spec.Validate());
        return (DenseNetwork)new ModelCatalog(factories).Create(spec, 5, Rows);
    }

    private static float[] Somewhere(DenseNetwork network)
    {
        var parameters = new float[network.Layout.Length];
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = (float)PhiloxNormal.At(5, (ulong)i) * 0.5f;
        return parameters;
    }

    private static Batch BatchFor(DenseNetwork network)
    {
        var data = DataSets.Normal(Rows, network.Features, 3);
        var classes = network.Loss == OutputLoss.SigmoidCrossEntropy ? 2 : network.Outputs;
        var batch = new Batch(Rows, network.Features);
        for (var row = 0; row < Rows; row++)
            batch.Add(data.Features(row), network.Loss == OutputLoss.SquaredError ? data.Label(row) : row % classes);
        return batch;
    }

    private static Batch Part(Batch whole, int from, int to)
    {
        var part = new Batch(Rows, whole.FeatureCount);
        for (var row = from; row < to; row++)
            part.Add(whole.Row(row), whole.Labels[row]);
        return part;
    }

    private static double[] Predicted(DenseNetwork network, double[] outputs) => network.Loss switch
    {
        OutputLoss.SigmoidCrossEntropy => [1 / (1 + Math.Exp(-outputs[0]))],
        OutputLoss.SoftmaxCrossEntropy => [.. outputs.Select(z => Math.Exp(z) / outputs.Sum(Math.Exp))],
        _ => outputs,
    };
}
