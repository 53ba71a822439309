using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cluster.Protocol.Optimizers;

/// <summary>Adagrad: a += g²; w -= lr·g/√a (Duchi, Hazan and Singer 2011), with g the scaled gradient.</summary>
/// <remarks>Square root and division are exact to the last bit on every processor; a reciprocal square root is not.</remarks>
public sealed class Adagrad : Optimizer
{
    /// <param name="learningRate">Above 0.</param>
    /// <param name="initialAccumulator">The accumulator before the first step, above 0.</param>
    /// <param name="scale">What a step divides its summed gradient by.</param>
    public Adagrad(float learningRate, float initialAccumulator = 0.1f, GradientScale scale = GradientScale.Mean)
        : base(learningRate, scale)
    {
        if (!float.IsFinite(initialAccumulator) || initialAccumulator <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(initialAccumulator), initialAccumulator, "The initial accumulator must be finite and above 0.");
        }

        InitialSlot = initialAccumulator;
    }

    public override int Slots => 1;

    public override float InitialSlot { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override bool Update(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, float divisor)
    {
        ref float w = ref MemoryMarshal.GetReference(current);
        ref float u = ref MemoryMarshal.GetReference(next);
        ref float a = ref MemoryMarshal.GetReference(slot);
        ref float g = ref MemoryMarshal.GetReference(gradient);
        Vector256<float> rate = Vector256.Create(LearningRate);
        Vector256<float> count = Vector256.Create(divisor);
        // x - x is 0 where x is finite and NaN elsewhere.
        Vector256<float> probe = Vector256<float>.Zero;
        int i = 0;
        for (; i <= current.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> mean = Vector256.LoadUnsafe(ref g, (nuint)i) / count;
            Vector256<float> accumulator = Vector256.LoadUnsafe(ref a, (nuint)i) + (mean * mean);
            Vector256<float> updated = Vector256.LoadUnsafe(ref w, (nuint)i) - (rate * mean / Vector256.Sqrt(accumulator));
            accumulator.StoreUnsafe(ref a, (nuint)i);
            updated.StoreUnsafe(ref u, (nuint)i);
            probe += (updated - updated) + (accumulator - accumulator);
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
            slot[i] += mean * mean;
            next[i] = current[i] - (LearningRate * mean / MathF.Sqrt(slot[i]));
            finite &= float.IsFinite(next[i]) & float.IsFinite(slot[i]);
        }

        return finite;
    }
}
