using Cluster.Compute.Threads;

namespace Cluster.Compute.Optimizers;

/// <summary>An optimizer's update of the parameters from any one to any other. Items are parameters.</summary>
internal readonly struct UpdateKernel(
    Optimizer optimizer, UpdateFormula formula, float divisor, ArraySegment<float> current, ArraySegment<float> next, ArraySegment<float> slots,
    ArraySegment<float> gradient, FiniteFlag finite) : IRangeKernel
{
    /// <summary>Parameters that are worth a thread's while: some 10 µs.</summary>
    public const int Grain = 1 << 14;

    public void Execute(int from, int to)
    {
        var length = to - from;
        var operands = new UpdateOperands
        {
            Current = current.AsSpan(from, length),
            Next = next.AsSpan(from, length),
            SlotA = optimizer.Slots > 0 ? slots.AsSpan(from, length) : default,
            SlotB = optimizer.Slots > 1 ? slots.AsSpan(current.Count + from, length) : default,
            Gradient = gradient.AsSpan(from, length),
            Divisor = divisor,
            L2 = optimizer.L2,
        };
        if (!optimizer.Run(operands, formula, isScalar: false))
            finite.Lower();
    }
}

/// <summary>Whether everything was finite so far; any thread may say no.</summary>
internal sealed class FiniteFlag
{
    private volatile bool _isRaised;

    public bool IsRaised => _isRaised;

    public void Raise() => _isRaised = true;

    public void Lower() => _isRaised = false;
}
