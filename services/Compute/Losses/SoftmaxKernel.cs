using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Functions;
using Cluster.Compute.Reductions;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Losses;

/// <summary>
/// Softmax and cross-entropy; the gradient may be the logits. Items are rows. The last classes of a row fill a vector up with -∞,
/// whose exponential adds 0 to a sum that is never -0.
/// </summary>
internal readonly struct SoftmaxKernel(
    int classes, ArraySegment<float> logits, ArraySegment<float> labels, ArraySegment<float> losses, ArraySegment<float> gradient)
    : IRangeKernel
{
    private const int Lanes = 8;

    public void Execute(int from, int to)
    {
        Span<float> padded = stackalloc float[Lanes];
        for (var row = from; row < to; row++)
        {
            losses.AsSpan()[row] = Row(
                logits.AsSpan(row * classes, classes), labels[row], gradient.AsSpan(row * classes, classes), padded);
        }
    }

    private static float Row(ReadOnlySpan<float> logits, float label, Span<float> gradient, Span<float> padded)
    {
        var target = LossReference.ClassOf(label, logits.Length);
        if (target < 0)
        {
            gradient.Fill(float.NaN);
            return float.NaN;
        }

        var whole = logits.Length / Lanes * Lanes;
        padded.Fill(float.NegativeInfinity);
        logits[whole..].CopyTo(padded);

        var max = Max(logits[..whole], padded);
        var atLabel = logits[target] - max;
        var sum = Exponentials(logits[..whole], max, gradient, padded);
        Divide(gradient, sum);
        gradient[target] -= 1;
        return FloatMathReference.Log(sum) - atLabel;
    }

    /// <summary>Whichever of +0 and -0, or of a NaN and the rest, this finds makes no difference to what follows.</summary>
    private static float Max(ReadOnlySpan<float> whole, ReadOnlySpan<float> padded)
    {
        ref var first = ref MemoryMarshal.GetReference(whole);
        var max = Vector256.Create(padded);
        for (var i = 0; i < whole.Length; i += Lanes)
            max = Larger(Vector256.LoadUnsafe(ref first, (nuint)i), max);

        var result = max[0];
        for (var lane = 1; lane < Lanes; lane++)
            result = max[lane] > result ? max[lane] : result;
        return result;
    }

    private static Vector256<float> Larger(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), a, b);

    private static float Exponentials(ReadOnlySpan<float> whole, float max, Span<float> gradient, Span<float> padded)
    {
        ref var from = ref MemoryMarshal.GetReference(whole);
        ref var to = ref MemoryMarshal.GetReference(gradient);
        var largest = Vector256.Create(max);
        var sums = Vector256<float>.Zero;
        for (var i = 0; i < whole.Length; i += Lanes)
        {
            var e = FloatMath.Exp(Vector256.LoadUnsafe(ref from, (nuint)i) - largest);
            sums += e;
            e.StoreUnsafe(ref to, (nuint)i);
        }

        var left = gradient[whole.Length..];
        if (left.Length > 0)
        {
            var e = FloatMath.Exp(Vector256.Create<float>(padded) - largest);
            sums += e;
            e.CopyTo(padded);
            padded[..left.Length].CopyTo(left);
        }

        return ReduceSumKernel.AddByHalves(sums);
    }

    private static void Divide(Span<float> gradient, float sum)
    {
        ref var first = ref MemoryMarshal.GetReference(gradient);
        var divisor = Vector256.Create(sum);
        var i = 0;
        for (; i <= gradient.Length - Lanes; i += Lanes)
            (Vector256.LoadUnsafe(ref first, (nuint)i) / divisor).StoreUnsafe(ref first, (nuint)i);
        for (; i < gradient.Length; i++)
            gradient[i] /= sum;
    }
}
