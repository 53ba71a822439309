using Cluster.Models.Data;
using Cluster.Models.Linear;
using Cluster.Models.Parameters;
using Cluster.Models.Tests.Data;
using CsCheck;

namespace Cluster.Models.Tests.Models;

public sealed class LinearRegressionTests
{
    private static readonly Gen<(int Features, int Rows, ulong Seed)> Problem = Gen.Select(Gen.Int[1, 70], Gen.Int[0, 30], Gen.ULong);

    [Fact]
    public void Layout_AnyFeatures_IsWeightsThenBias()
    {
        var layout = new LinearRegression(5).Layout;

        Assert.Equal(6, layout.Length);
        Assert.Equal([("w", 0, 5), ("b", 5, 1)], layout.Tensors.Select(tensor => (tensor.Name, tensor.Offset, tensor.Length)));
        Assert.Equal("wwb", layout.TensorAt(0).Name + layout.TensorAt(4).Name + layout.TensorAt(5).Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => layout.TensorAt(6));
    }

    [Fact]
    public void Initialise_AnyCutIntoRanges_GivesTheSameVector() => Gen.Select(Gen.Int[1, 20], Gen.Int[0, 20]).Sample((features, cut) =>
    {
        var model = new LinearRegression(features, LinearRegression.ExampleWeight, LinearRegression.ExampleBias);
        var parameters = new float[features + 1];
        cut = Math.Min(cut, parameters.Length);

        model.Initialise(1, 0, parameters.AsSpan(0, cut));
        model.Initialise(1, cut, parameters.AsSpan(cut));

        Assert.Equal([.. Enumerable.Repeat(-1f, features), -2f], parameters);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Initialise(1, 1, parameters));
    });

    [Fact]
    public void Gradient_AnyBatch_HasTheBitsOfTheScalarReference() => Problem.Sample(problem =>
    {
        var (model, parameters, batch) = Create(problem);
        float[] sum = Filled(parameters.Length), expected = Filled(parameters.Length);

        var loss = model.Gradient(parameters, batch, sum);
        var expectedLoss = LinearGradientReference.Sum(parameters, batch.Features, batch.Labels, expected);

        Assert.Equal(Bits(expected), Bits(sum));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expectedLoss), BitConverter.DoubleToInt64Bits(loss));
    });

    /// <summary>The loss is quadratic, so that central differences in double have no error of truncation.</summary>
    [Fact]
    public void Gradient_AnyBatch_IsTheDerivativeOfTheLoss() => Problem.Sample(problem =>
    {
        var (model, parameters, batch) = Create(problem);
        var sum = new float[parameters.Length];
        const double Step = 0.5;

        var loss = model.Gradient(parameters, batch, sum);

        double[] at = [.. parameters.Select(p => (double)p)];
        var scale = 1 + SquaredError(at, batch);
        Assert.Equal(SquaredError(at, batch), loss, 1e-5 * scale);
        Assert.Equal(SquaredError(at, batch), model.Loss(parameters, batch), 1e-12 * scale);
        for (var i = 0; i < at.Length; i++)
        {
            double[] above = [.. at], below = [.. at];
            above[i] += Step;
            below[i] -= Step;
            Assert.Equal((SquaredError(above, batch) - SquaredError(below, batch)) / (2 * Step), sum[i], 1e-5 * scale);
        }
    });

    [Fact]
    public void Gradient_NoExamples_IsZero()
    {
        var sum = Filled(4);

        Assert.Equal(0, new LinearRegression(3).Gradient(new float[4], new Batch(1, 3), sum));
        Assert.Equal(new float[4], sum);
    }

    [Fact]
    public void Gradient_ManyBatches_AllocatesNothing()
    {
        var (model, parameters, batch) = Create((20, 30, 5));
        var sum = new float[parameters.Length];
        model.Gradient(parameters, batch, sum);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            model.Gradient(parameters, batch, sum);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Gradient_WrongLengths_AreRefused()
    {
        var model = new LinearRegression(3);
        var batch = new Batch(1, 3);

        Assert.Throws<ArgumentException>(() => model.Gradient(new float[3], batch, new float[4]));
        Assert.Throws<ArgumentException>(() => model.Gradient(new float[4], batch, new float[5]));
        Assert.Throws<ArgumentException>(() => model.Gradient(new float[4], new Batch(1, 2), new float[4]));
        Assert.Throws<ArgumentException>(() => model.Loss(new float[4], new Batch(1, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearRegression(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearRegression(1, float.NaN));
    }

    /// <summary>SHA-256 of 00 00 80 3f 00 00 00 c0, by sha256sum.</summary>
    [Fact]
    public void Fingerprint_KnownParameters_IsTheHashOfTheirBytes()
        => Assert.Equal("ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b", ParameterFingerprint.Of([1f, -2f]));

    private static (LinearRegression Model, float[] Parameters, Batch Batch) Create((int Features, int Rows, ulong Seed) problem)
    {
        var model = new LinearRegression(problem.Features);
        float[] parameters = [.. Enumerable.Range(0, problem.Features + 1).Select(i => (float)PhiloxNormal.At(problem.Seed ^ 99, (ulong)i))];
        var batch = problem.Rows == 0
            ? new Batch(1, problem.Features)
            : DataSets.BatchOf(DataSets.Normal(problem.Rows, problem.Features, problem.Seed));
        return (model, parameters, batch);
    }

    private static double SquaredError(double[] parameters, Batch batch)
    {
        double loss = 0;
        for (var row = 0; row < batch.Count; row++)
        {
            var prediction = parameters[^1];
            for (var i = 0; i < batch.FeatureCount; i++)
                prediction += parameters[i] * batch.Row(row)[i];
            loss += Math.Pow(prediction - batch.Labels[row], 2);
        }

        return loss;
    }

    private static float[] Filled(int length)
    {
        var values = new float[length];
        values.AsSpan().Fill(float.NaN);
        return values;
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
