namespace Cluster.Protocol.Optimizers;

/// <summary>What a step divides its summed gradient by.</summary>
public enum GradientScale
{
    /// <summary>By the number of examples in the sum.</summary>
    Mean,

    /// <summary>By nothing.</summary>
    Sum,
}

/// <summary>An element-wise update of parameters by a gradient; so the bits do not depend on how parameters are split into ranges.</summary>
public abstract class Optimizer
{
    private protected Optimizer(float learningRate, GradientScale scale)
    {
        if (!float.IsFinite(learningRate) || learningRate <= 0)
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate must be finite and above 0.");
        LearningRate = learningRate;
        Scale = scale;
    }

    public float LearningRate { get; }

    public GradientScale Scale { get; }

    /// <summary>Vectors of state beside the parameters, each as long as they are: 0 or 1.</summary>
    public abstract int Slots { get; }

    /// <summary>The value of each slot element before the first step.</summary>
    public abstract float InitialSlot { get; }

    /// <summary>One step: <paramref name="next"/> from <paramref name="current"/> (they may be the same memory), the slot in place.</summary>
    /// <param name="current">Parameters before the step.</param>
    /// <param name="next">Parameters after it; same length.</param>
    /// <param name="slot">The slot; same length, or empty where there is none.</param>
    /// <param name="gradient">Summed gradient; same length.</param>
    /// <param name="examples">Examples in the sum, at least 1.</param>
    /// <returns>Whether all parameters and slots are finite after the step.</returns>
    public bool Apply(ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, long examples)
    {
        CheckLengths(current, next, slot, gradient);
        return Update(current, next, slot, gradient, Divisor(examples));
    }

    /// <summary>The same bits as <see cref="Apply"/>, one element at a time.</summary>
    public bool ApplyScalar(ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, long examples)
    {
        CheckLengths(current, next, slot, gradient);
        return UpdateScalar(current, next, slot, gradient, Divisor(examples), 0);
    }

    private protected abstract bool Update(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, float divisor);

    private protected abstract bool UpdateScalar(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient, float divisor, int from);

    private float Divisor(long examples) => Scale == GradientScale.Mean ? examples : 1f;

    private void CheckLengths(ReadOnlySpan<float> current, Span<float> next, Span<float> slot, ReadOnlySpan<float> gradient)
    {
        if (next.Length != current.Length || gradient.Length != current.Length || slot.Length != Slots * current.Length)
        {
            throw new ArgumentException(
                $"Lengths differ: parameters {current.Length}, next {next.Length}, gradient {gradient.Length}, slot {slot.Length}.");
        }
    }
}
