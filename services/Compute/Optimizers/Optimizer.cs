namespace Cluster.Compute.Optimizers;

/// <summary>An element-wise update of parameters by a gradient; so the bits do not depend on how parameters are split into ranges.</summary>
/// <remarks>
/// In every formula g is the scaled gradient plus <see cref="L2"/>·w. All state is in the slots and in the
/// <see cref="UpdateTime"/>; an optimizer itself is immutable.
/// </remarks>
public abstract class Optimizer
{
    private protected Optimizer(LearningRate learningRate, GradientScale scale)
    {
        ArgumentNullException.ThrowIfNull(learningRate);
        LearningRate = learningRate;
        Scale = scale;
    }

    public LearningRate LearningRate { get; }

    public GradientScale Scale { get; }

    /// <summary>Weight of ½·Σw² in what is minimised, finite and at least 0; biases count too, as in other optimizers' weight decay.</summary>
    public float L2
    {
        get;
        init
        {
            Require(float.IsFinite(value) && value >= 0, nameof(L2), value, "must be finite and at least 0");
            field = value;
        }
    }

    /// <summary>Vectors of state beside the parameters, each as long as they are: 0 to 2.</summary>
    public abstract int Slots { get; }

    /// <summary>Sets the slots to what they are before the first update.</summary>
    /// <param name="parameters">The parameters to begin with.</param>
    /// <param name="slots">One slot after the other, each as long as the parameters; overwritten.</param>
    public void Initialise(ReadOnlySpan<float> parameters, Span<float> slots)
    {
        if (slots.Length != Slots * parameters.Length)
            throw new ArgumentException($"Lengths differ: parameters {parameters.Length}, slots {slots.Length}, should be {Slots} times that.");
        slots.Clear();
        InitialiseSlots(parameters, slots);
    }

    /// <summary>One update: <paramref name="next"/> from <paramref name="current"/>, the slots in place. The memory of <paramref name="next"/> may be that of
    /// <paramref name="current"/> or of <paramref name="gradient"/>.</summary>
    /// <param name="current">Parameters before it.</param>
    /// <param name="next">Parameters after it; same length.</param>
    /// <param name="slots">One slot after the other, each of the same length; empty where there is none.</param>
    /// <param name="gradient">Summed gradient; same length.</param>
    /// <param name="examples">Examples in the sum, at least 1.</param>
    /// <param name="time">Steps and updates before this one.</param>
    /// <returns>Whether all parameters and slots are finite afterwards.</returns>
    public bool Apply(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slots, ReadOnlySpan<float> gradient, long examples, UpdateTime time = default) =>
        Run(Operands(current, next, slots, gradient, examples), FormulaAt(time), isScalar: false);

    /// <summary>The same bits as <see cref="Apply"/>, one element at a time.</summary>
    public bool ApplyScalar(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slots, ReadOnlySpan<float> gradient, long examples, UpdateTime time = default) =>
        Run(Operands(current, next, slots, gradient, examples), FormulaAt(time), isScalar: true);

    /// <summary>The rule with its numbers at this time.</summary>
    internal abstract UpdateFormula FormulaAt(UpdateTime time);

    /// <summary>The update of any range, by the formula of <see cref="FormulaAt"/>.</summary>
    /// <returns>Whether all its parameters and slots are finite afterwards.</returns>
    internal abstract bool Run(in UpdateOperands operands, in UpdateFormula formula, bool isScalar);

    /// <summary>What a summed gradient is divided by.</summary>
    internal float DivisorFor(long examples) => Scale == GradientScale.Mean ? examples : 1f;

    private protected virtual void InitialiseSlots(ReadOnlySpan<float> parameters, Span<float> slots)
    {
    }

    private protected static bool Run<TRule>(TRule rule, in UpdateOperands operands, bool isScalar)
        where TRule : struct, IUpdateRule =>
        isScalar ? ElementwiseUpdate.RunScalar(rule, operands, 0) : ElementwiseUpdate.Run(rule, operands);

    private protected static float Require(bool isRight, string name, float value, string limit) =>
        isRight ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} {limit}.");

    private UpdateOperands Operands(
        ReadOnlySpan<float> current, Span<float> next, Span<float> slots, ReadOnlySpan<float> gradient, long examples)
    {
        if (next.Length != current.Length || gradient.Length != current.Length || slots.Length != Slots * current.Length)
        {
            throw new ArgumentException(
                $"Lengths differ: parameters {current.Length}, next {next.Length}, gradient {gradient.Length}, slots {slots.Length}.");
        }

        return new UpdateOperands
        {
            Current = current,
            Next = next,
            SlotA = Slots > 0 ? slots[..current.Length] : [],
            SlotB = Slots > 1 ? slots[current.Length..] : [],
            Gradient = gradient,
            Divisor = DivisorFor(examples),
            L2 = L2,
        };
    }
}
