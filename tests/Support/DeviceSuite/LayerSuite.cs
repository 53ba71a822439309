using Cluster.Compute.Dense;
using Cluster.Compute.Devices;
using Cluster.Compute.Losses;
using Cluster.Compute.MatMul;
using CsCheck;

namespace Cluster.DeviceSuite;

/// <summary>Matrix products, dense layers and losses against their references, to the bit.</summary>
public abstract class LayerSuite : DeviceTest
{
    private const int Iterations = 60;

    private static readonly Gen<Activation> AnyActivation =
        Gen.OneOf(Activation.Identity, Activation.Relu, Activation.Tanh, Activation.Sigmoid);

    [Fact]
    public void MatMul_AnyShape_HasTheReferencesBits() =>
        Gen.Select(Floats.Size, Floats.Size, Floats.Size, Gen.Bool, Gen.Bool, Gen.UInt).Sample(
            (m, n, k, transposeA, transposeB, seed) => CheckMatMul(new(m, n, k, transposeA, transposeB), seed, Floats.Ordinary),
            iter: Iterations, threads: 1);

    [Fact]
    public void MatMul_WithSpecialValues_HasTheReferencesBits() =>
        Gen.Select(Floats.Size, Floats.Size, Gen.Int[0, 12], Gen.Bool, Gen.Bool, Gen.UInt).Sample(
            (m, n, k, transposeA, transposeB, seed) => CheckMatMul(new(m, n, k, transposeA, transposeB), seed, Floats.WithSpecials),
            iter: Iterations, threads: 1);

    [Theory]
    [InlineData(301, 277, 523)]
    [InlineData(1, 1031, 1033)]
    [InlineData(1031, 1, 1033)]
    [InlineData(5, 7, 40_009)]
    public void MatMul_LargerThanBlocks_HasTheReferencesBits(int m, int n, int k)
    {
        CheckMatMul(new(m, n, k), 5, Floats.Ordinary);
        CheckMatMul(new(m, n, k, TransposeA: true), 6, Floats.Ordinary);
        CheckMatMul(new(m, n, k, TransposeB: true), 7, Floats.Ordinary);
    }

    [Fact]
    public void DenseForward_AnyShape_HasTheReferencesBits() =>
        Gen.Select(Floats.Size, Floats.Size, Floats.Size, AnyActivation, Gen.Bool, Gen.UInt).Sample(
            (rows, inputs, outputs, activation, hasSpecials, seed) =>
            {
                var draw = hasSpecials ? Floats.WithSpecials : (Func<int, uint, float[]>)Floats.Ordinary;
                var (input, w, offsets) = (draw(rows * inputs, seed), draw(inputs * outputs, seed + 1), draw(outputs, seed + 2));
                using var x = Put(input);
                using var weights = Put(w);
                using var bias = Put(offsets);
                using var y = Blank(rows * outputs);

                Stream.DenseForward(rows, x, weights, bias, activation, y);

                var expected = new float[rows * outputs];
                DenseReference.Forward(new(rows, inputs, outputs), input, w, offsets, activation, expected);
                Floats.AssertSame(expected, Get(y), $"y of {rows}×{inputs}×{outputs} {activation}");
            }, iter: Iterations, threads: 1);

    [Fact]
    public void DenseBackward_AnyShape_HasTheReferencesBits() =>
        Gen.Select(Floats.Size, Floats.Size, Floats.Size, AnyActivation, Gen.Bool, Gen.Bool, Gen.UInt).Sample(
            (rows, inputs, outputs, activation, wantsInput, hasSpecials, seed) =>
            {
                var draw = hasSpecials ? Floats.WithSpecials : (Func<int, uint, float[]>)Floats.Ordinary;
                var (input, w) = (draw(rows * inputs, seed), draw(inputs * outputs, seed + 1));
                var (output, gradient) = (draw(rows * outputs, seed + 2), draw(rows * outputs, seed + 3));
                using var x = Put(input);
                using var weights = Put(w);
                using var y = Put(output);
                using var dy = Put(gradient);
                using var dWeights = Blank(inputs * outputs);
                using var dBias = Blank(outputs);
                using var dx = Blank(wantsInput ? rows * inputs : 0);

                Stream.DenseBackward(rows, x, weights, activation, y, dy, dWeights, dBias, wantsInput ? dx : (DeviceSpan?)null);

                var (ofWeights, ofBias, ofInput) = (new float[w.Length], new float[outputs], new float[dx.Length]);
                DenseReference.Backward(new(rows, inputs, outputs), input, w, activation, output, gradient, ofWeights, ofBias, ofInput);
                Floats.AssertSame(gradient, Get(dy), "dz");
                Floats.AssertSame(ofWeights, Get(dWeights), "dWeights");
                Floats.AssertSame(ofBias, Get(dBias), "dBias");
                Floats.AssertSame(ofInput, Get(dx), "dx");
            }, iter: Iterations, threads: 1);

    [Fact]
    public void Dense_PerceptronOfDigits_HasTheReferencesBits()
    {
        const int rows = 128, inputs = 784, outputs = 256;
        var (input, w, offsets) = (Floats.Ordinary(rows * inputs, 1), Floats.Ordinary(inputs * outputs, 2), Floats.Ordinary(outputs, 3));
        using var x = Put(input);
        using var weights = Put(w);
        using var bias = Put(offsets);
        using var y = Blank(rows * outputs);

        Stream.DenseForward(rows, x, weights, bias, Activation.Tanh, y);

        var expected = new float[rows * outputs];
        DenseReference.Forward(new(rows, inputs, outputs), input, w, offsets, Activation.Tanh, expected);
        Floats.AssertSame(expected, Get(y), "y");
    }

    [Fact]
    public void SoftmaxCrossEntropy_AnyShape_HasTheReferencesBits() =>
        Gen.Select(Floats.Size, Floats.Size, Gen.Bool, Gen.Bool, Gen.UInt).Sample((rows, classes, inPlace, hasSpecials, seed) =>
        {
            var z = hasSpecials ? Floats.WithSpecials(rows * classes, seed) : Floats.Ordinary(rows * classes, seed);
            CheckSoftmax(rows, classes, z, Labels(rows, classes, seed), inPlace);
        }, iter: 2 * Iterations, threads: 1);

    [Theory]
    [InlineData(-1f)]
    [InlineData(3f)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(4e9f)]
    public void SoftmaxCrossEntropy_NoSuchClass_IsNaN(float label)
    {
        using var logits = Put([1, 2, 3, 1, 2, 3]);
        using var labels = Put([label, 1]);
        using var losses = Blank(2);
        using var gradient = Blank(6);

        Stream.SoftmaxCrossEntropy(2, logits, labels, losses, gradient);

        Assert.True(float.IsNaN(Get(losses)[0]));
        Assert.All(Get(gradient)[..3], value => Assert.True(float.IsNaN(value)));
        Assert.True(float.IsFinite(Get(losses)[1]));
        Assert.All(Get(gradient)[3..], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void SoftmaxCrossEntropy_SomeInfinities_HasTheReferencesBits()
    {
        float[] z =
        [
            float.NegativeInfinity, 1, 2, float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity,
            float.PositiveInfinity, 1, 2, float.NaN, 1, 2, 1, float.NaN, 2, -0f, 0, -0f, 1e30f, -1e30f, 1e30f,
        ];
        CheckSoftmax(7, 3, z, [1, 0, 2, 1, 1, -0f, 2], inPlace: false);
    }

    [Fact]
    public void SigmoidCrossEntropy_AnyLength_HasTheReferencesBits() =>
        CheckLoss(
            (a, b, losses, gradient) => Stream.SigmoidCrossEntropy(a, b, losses, gradient),
            (a, b, losses, gradient) => LossReference.SigmoidCrossEntropy(a, b, losses, gradient));

    [Fact]
    public void SquaredError_AnyLength_HasTheReferencesBits() =>
        CheckLoss(
            (a, b, losses, gradient) => Stream.SquaredError(a, b, losses, gradient),
            (a, b, losses, gradient) => LossReference.SquaredError(a, b, losses, gradient));

    private static float[] Labels(int rows, int classes, uint seed)
    {
        var random = new Random((int)seed);
        var labels = new float[rows];
        for (var i = 0; i < rows; i++)
            labels[i] = random.Next(10) == 0 ? random.Next(-1, classes + 2) : random.Next(Math.Max(classes, 1));
        return labels;
    }

    private void CheckMatMul(MatMulShape shape, uint seed, Func<int, uint, float[]> draw)
    {
        var (left, right) = (draw(shape.M * shape.K, seed), draw(shape.K * shape.N, ~seed));
        using var a = Put(left);
        using var b = Put(right);
        using var c = Blank(shape.M * shape.N);

        Stream.MatMul(in shape, a, b, c);

        var expected = new float[shape.M * shape.N];
        MatMulReference.Multiply(in shape, left, right, expected);
        Floats.AssertSame(expected, Get(c), $"C of {shape}");
    }

    private void CheckSoftmax(int rows, int classes, float[] z, float[] label, bool inPlace)
    {
        using var logits = Put(z);
        using var labels = Put(label);
        using var losses = Blank(rows);
        using var apart = Blank(rows * classes);
        var gradient = inPlace ? logits : apart;

        Stream.SoftmaxCrossEntropy(rows, logits, labels, losses, gradient);

        var (ofLosses, ofGradient) = (new float[rows], new float[rows * classes]);
        LossReference.SoftmaxCrossEntropy(rows, z, label, ofLosses, ofGradient);
        Floats.AssertSame(ofLosses, Get(losses), "losses");
        Floats.AssertSame(ofGradient, Get(gradient), "gradient");
    }

    private void CheckLoss(Action<DeviceSpan, DeviceSpan, DeviceSpan, DeviceSpan> operation, Reference reference) =>
        Gen.Select(Floats.Length, Gen.Bool, Gen.UInt).Sample((length, inPlace, seed) =>
        {
            var (output, label) = (Floats.WithSpecials(length, seed), Floats.WithSpecials(length, ~seed));
            using var outputs = Put(output);
            using var labels = Put(label);
            using var losses = Blank(length);
            using var apart = Blank(length);
            var gradient = inPlace ? outputs : apart;

            operation(outputs, labels, losses, gradient);

            var (ofLosses, ofGradient) = (new float[length], new float[length]);
            reference(output, label, ofLosses, ofGradient);
            Floats.AssertSame(ofLosses, Get(losses), "losses");
            Floats.AssertSame(ofGradient, Get(gradient), "gradient");
        }, iter: Iterations, threads: 1);

    private delegate void Reference(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> losses, Span<float> gradient);
}
