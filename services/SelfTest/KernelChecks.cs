using Cluster.Compute.Dense;
using Cluster.Compute.Devices;
using Cluster.Compute.Elements;
using Cluster.Compute.Losses;
using Cluster.Compute.MatMul;
using Cluster.Compute.Reductions;

namespace Cluster.SelfTest;

/// <summary>Every operation of a device's stream.</summary>
internal static class KernelChecks
{
    private static readonly Activation[] Activations = [Activation.Identity, Activation.Relu, Activation.Tanh, Activation.Sigmoid];

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        .. MonteCarloChecks.All,
        new("fill and copy", FillAndCopy),
        new("add", Binary((s, a, b, r) => s.Add(a, b, r), ElementReference.Add)),
        new("multiply", Binary((s, a, b, r) => s.Multiply(a, b, r), ElementReference.Multiply)),
        new("scale", Binary((s, a, _, r) => s.Scale(a, -1.7f, r), (a, _, r) => ElementReference.Scale(a, -1.7f, r))),
        new("add scaled", AddScaled),
        new("reduce sum", ReduceSum),
        new("matmul", MatMul),
        new("dense forward", DenseForward),
        new("dense backward", DenseBackward),
        new("softmax cross-entropy", Softmax),
        new("sigmoid cross-entropy", Loss((s, z, t, l, g) => s.SigmoidCrossEntropy(z, t, l, g), LossReference.SigmoidCrossEntropy)),
        new("squared error", Loss((s, z, t, l, g) => s.SquaredError(z, t, l, g), LossReference.SquaredError)),
        .. OptimizerChecks.All,
    ];

    private delegate void BinaryReference(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result);

    private delegate void LossDefinition(ReadOnlySpan<float> outputs, ReadOnlySpan<float> labels, Span<float> losses, Span<float> gradient);

    private static void FillAndCopy(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        using var source = stream.Rent(1000);
        using var target = stream.Rent(1000);
        stream.Fill(source, -0f);
        stream.Fill(target, 1);
        stream.Copy(source.Slice(10, 100), target.Slice(20, 100));
        var expected = new float[1000];
        expected.AsSpan().Fill(1);
        expected.AsSpan(20, 100).Fill(-0f);
        comparison.Add(expected, inputs.Get(target), "target");
    }

    private static Action<IDeviceStream, Inputs, BitComparison> Binary(
        Action<IDeviceStream, DeviceSpan, DeviceSpan, DeviceSpan> operation, BinaryReference reference) => (stream, inputs, comparison) =>
    {
        foreach (var length in Inputs.Lengths)
        {
            var (left, right, expected) = (inputs.Draw(length), inputs.Draw(length), new float[length]);
            using var a = inputs.Put(left);
            using var b = inputs.Put(right);
            using var result = stream.Rent(length);
            operation(stream, a, b, result);
            reference(left, right, expected);
            comparison.Add(expected, inputs.Get(result), "result");
        }
    };

    private static void AddScaled(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var length in Inputs.Lengths)
        {
            var (values, expected) = (inputs.Draw(length), inputs.Draw(length));
            using var a = inputs.Put(values);
            using var target = inputs.Put(expected);
            stream.AddScaled(a, 0.3f, target);
            ElementReference.AddScaled(values, 0.3f, expected);
            comparison.Add(expected, inputs.Get(target), "target");
        }
    }

    private static void ReduceSum(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var length in Inputs.Lengths)
        {
            var values = inputs.Draw(length);
            using var a = inputs.Put(values);
            using var result = stream.Rent(1);
            stream.ReduceSum(a, result);
            comparison.Add([ReduceSumReference.Sum(values)], inputs.Get(result), "sum");
        }
    }

    private static void MatMul(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var (m, n, k) in Inputs.Sizes)
        {
            var (left, right, expected) = (inputs.Draw(m * k), inputs.Draw(k * n), new float[m * n]);
            using var a = inputs.Put(left);
            using var b = inputs.Put(right);
            using var c = stream.Rent(m * n);
            for (var transposes = 0; transposes < 4; transposes++)
            {
                var shape = new MatMulShape(m, n, k, (transposes & 1) != 0, (transposes & 2) != 0);
                stream.MatMul(in shape, a, b, c);
                MatMulReference.Multiply(in shape, left, right, expected);
                comparison.Add(expected, inputs.Get(c), shape.ToString());
            }
        }
    }

    private static void DenseForward(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var (rows, outputs, depth) in Inputs.Sizes)
        {
            var (examples, weights, bias, expected) =
                (inputs.Draw(rows * depth), inputs.Draw(depth * outputs), inputs.Draw(outputs), new float[rows * outputs]);
            using var x = inputs.Put(examples);
            using var w = inputs.Put(weights);
            using var b = inputs.Put(bias);
            using var y = stream.Rent(rows * outputs);
            foreach (var activation in Activations)
            {
                stream.DenseForward(rows, x, w, b, activation, y);
                DenseReference.Forward(new(rows, depth, outputs), examples, weights, bias, activation, expected);
                comparison.Add(expected, inputs.Get(y), activation.ToString());
            }
        }
    }

    private static void DenseBackward(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var (rows, outputs, depth) in Inputs.Sizes)
        {
            var (examples, weights, results) = (inputs.Draw(rows * depth), inputs.Draw(depth * outputs), inputs.Draw(rows * outputs));
            var (ofWeights, ofBias, ofInput) = (new float[depth * outputs], new float[outputs], new float[rows * depth]);
            using var x = inputs.Put(examples);
            using var w = inputs.Put(weights);
            using var y = inputs.Put(results);
            using var dw = stream.Rent(ofWeights.Length);
            using var db = stream.Rent(ofBias.Length);
            using var dx = stream.Rent(ofInput.Length);
            foreach (var activation in Activations)
            {
                var gradient = inputs.Draw(rows * outputs);
                using var dy = inputs.Put(gradient);
                stream.DenseBackward(rows, x, w, activation, y, dy, dw, db, dx);
                DenseReference.Backward(
                    new(rows, depth, outputs), examples, weights, activation, results, gradient, ofWeights, ofBias, ofInput);
                comparison.Add(gradient, inputs.Get(dy), "dz");
                comparison.Add(ofWeights, inputs.Get(dw), "dWeights");
                comparison.Add(ofBias, inputs.Get(db), "dBias");
                comparison.Add(ofInput, inputs.Get(dx), "dx");
            }
        }
    }

    private static void Softmax(IDeviceStream stream, Inputs inputs, BitComparison comparison)
    {
        foreach (var (rows, classes) in new[] { (1, 1), (3, 10), (33, 8), (100, 1000) })
        {
            var (outputs, classesOf) = (inputs.Draw(rows * classes), inputs.DrawClasses(rows, classes));
            var (expectedLosses, expectedGradient) = (new float[rows], new float[rows * classes]);
            using var logits = inputs.Put(outputs);
            using var labels = inputs.Put(classesOf);
            using var losses = stream.Rent(rows);
            stream.SoftmaxCrossEntropy(rows, logits, labels, losses, logits);
            LossReference.SoftmaxCrossEntropy(rows, outputs, classesOf, expectedLosses, expectedGradient);
            comparison.Add(expectedLosses, inputs.Get(losses), "losses");
            comparison.Add(expectedGradient, inputs.Get(logits), "gradient");
        }
    }

    private static Action<IDeviceStream, Inputs, BitComparison> Loss(
        Action<IDeviceStream, DeviceSpan, DeviceSpan, DeviceSpan, DeviceSpan> operation, LossDefinition definition) =>
        (stream, inputs, comparison) =>
        {
            foreach (var length in Inputs.Lengths)
            {
                var (outputs, targets) = (inputs.Draw(length), inputs.DrawClasses(length, 2));
                var (expectedLosses, expectedGradient) = (new float[length], new float[length]);
                using var z = inputs.Put(outputs);
                using var labels = inputs.Put(targets);
                using var losses = stream.Rent(length);
                using var gradient = stream.Rent(length);
                operation(stream, z, labels, losses, gradient);
                definition(outputs, targets, expectedLosses, expectedGradient);
                comparison.Add(expectedLosses, inputs.Get(losses), "losses");
                comparison.Add(expectedGradient, inputs.Get(gradient), "gradient");
            }
        };
}
