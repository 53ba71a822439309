using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cluster.Protocol.Optimizers;

/// <summary>Stochastic gradient descent: w -= lr·g (Robbins and Monro 1951), with g the scaled gradient.</summary>
/// <remarks>Multiply and subtract round separately, so that processors with and without fused multiply-add agree.</remarks>
public sealed class Sgd(float learningRate, GradientScale scale = GradientScale.Mean) : Optimizer(learningRate, scale)
{
    public override int Slots => 0;

    public override float InitialSlot => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override bool Update(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, float divisor)
    {
        ref float w = ref MemoryMarshal.GetReference(current);
        ref float u = ref MemoryMarshal.GetReference(next);
        ref float g = ref MemoryMarshal.GetReference(gradient);
        Vector256<float> rate = Vector256.Create(LearningRate);
        Vector256<float> count = Vector256.Create(divisor);
        // x - x is 0 where x is finite and NaN elsewhere.
        Vector256<float> probe = Vector256<float>.Zero;
        int i = 0;
        for (; i <= current.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> mean = Vector256.LoadUnsafe(ref g, (nuint)i) / count;
            Vector256<float> updated = Vector256.LoadUnsafe(ref w, (nuint)i) - (rate * mean);
            updated.StoreUnsafe(ref u, (nuint)i);
            probe += updated - updated;
        }

        return UpdateScalar(current, next, slot, gradient, divisor, i) & (probe == Vector256<float>.Zero);
    }

    private protected override bool UpdateScalar(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, float divisor, int from)
    {
        bool finite = true;
        for (int i = from; i < current.Length; i++)
        {
            float mean = gradient[i] / divisor;
            next[i] = current[i] - (LearningRate * mean);
            finite &= float.IsFinite(next[i]);
        }

        return finite;
    }
}
