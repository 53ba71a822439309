using Cluster.Compute.Functions;

namespace Cluster.Compute.Losses;

/// <summary>The definitions of the losses of <see cref="Devices.IDeviceStream"/>, one element at a time.</summary>
internal static class LossReference
{
    public static void SoftmaxCrossEntropy(
        int rows, ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, Span<float> losses, Span<float> gradient)
    {
        var classes = rows > 0 ? logits.Length / rows : 0;
        for (var row = 0; row < rows; row++)
            losses[row] = SoftmaxRow(logits.Slice(row * classes, classes), labels[row], gradient.Slice(row * classes, classes));
    }

    public static void SigmoidCrossEntropy(
        ReadOnlySpan<float> logits, ReadOnlySpan<float> labels, Span<float> losses, Span<float> gradient)
    {
        for (var i = 0; i < logits.Length; i++)
        {
            var (z, label) = (logits[i], labels[i]);
            losses[i] = (z < 0 ? 0 : z) - z * label + FloatMathReference.LogOnePlus(FloatMathReference.Exp(-MathF.Abs(z)));
            gradient[i] = FloatMathReference.Sigmoid(z) - label;
        }
    }

    public static void SquaredError(
        ReadOnlySpan<float> predictions, ReadOnlySpan<float> labels, Span<float> losses, Span<float> gradient)
    {
        for (var i = 0; i < predictions.Length; i++)
        {
            var difference = predictions[i] - labels[i];
            losses[i] = difference * difference;
            gradient[i] = difference + difference;
        }
    }

    /// <summary>The class that a label names, or -1.</summary>
    public static int ClassOf(float label, int classes) => label >= 0 && label < classes && MathF.Floor(label) == label ? (int)label : -1;

    private static float SoftmaxRow(ReadOnlySpan<float> logits, float label, Span<float> gradient)
    {
        var target = ClassOf(label, logits.Length);
        if (target < 0)
        {
            gradient.Fill(float.NaN);
            return float.NaN;
        }

        var max = logits[0];
        foreach (var z in logits)
            max = z > max ? z : max;
        var atLabel = logits[target] - max;

        Span<float> sums = stackalloc float[8];
        sums.Clear();
        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i] = FloatMathReference.Exp(logits[i] - max);
            sums[i % 8] += gradient[i];
        }

        for (var half = 4; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                sums[i] += sums[i + half];
        }

        for (var i = 0; i < gradient.Length; i++)
            gradient[i] /= sums[0];
        gradient[target] -= 1;
        return FloatMathReference.Log(sums[0]) - atLabel;
    }
}
