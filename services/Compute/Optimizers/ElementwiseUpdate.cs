using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cluster.Compute.Optimizers;

/// <summary>Applies a rule to every parameter of a range: g = sum/divisor + l2·w, then the rule.</summary>
internal static class ElementwiseUpdate
{
    /// <returns>Whether all parameters and slots are finite afterwards.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Run<TRule>(TRule rule, in UpdateOperands operands)
        where TRule : struct, IUpdateRule
    {
        ref var current = ref MemoryMarshal.GetReference(operands.Current);
        ref var next = ref MemoryMarshal.GetReference(operands.Next);
        ref var gradient = ref MemoryMarshal.GetReference(operands.Gradient);
        ref var slotA = ref MemoryMarshal.GetReference(operands.SlotA);
        ref var slotB = ref MemoryMarshal.GetReference(operands.SlotB);
        var length = operands.Current.Length;
        var divisor = Vector256.Create(operands.Divisor);
        var l2 = Vector256.Create(operands.L2);
        // x - x is 0 where x is finite and NaN elsewhere.
        var probe = Vector256<float>.Zero;
        var i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var w = Vector256.LoadUnsafe(ref current, (nuint)i);
            var g = (Vector256.LoadUnsafe(ref gradient, (nuint)i) / divisor) + (l2 * w);
            var a = TRule.Slots > 0 ? Vector256.LoadUnsafe(ref slotA, (nuint)i) : Vector256<float>.Zero;
            var b = TRule.Slots > 1 ? Vector256.LoadUnsafe(ref slotB, (nuint)i) : Vector256<float>.Zero;
            w = rule.Update(w, g, ref a, ref b);
            w.StoreUnsafe(ref next, (nuint)i);
            probe += w - w;
            if (TRule.Slots > 0)
            {
                a.StoreUnsafe(ref slotA, (nuint)i);
                probe += a - a;
            }

            if (TRule.Slots > 1)
            {
                b.StoreUnsafe(ref slotB, (nuint)i);
                probe += b - b;
            }
        }

        return RunScalar(rule, operands, i) & (probe == Vector256<float>.Zero);
    }

    /// <summary>The same bits, one parameter at a time, from a parameter on.</summary>
    public static bool RunScalar<TRule>(TRule rule, in UpdateOperands operands, int from)
        where TRule : struct, IUpdateRule
    {
        var length = operands.Current.Length;
        var slotA = operands.SlotA;
        var slotB = operands.SlotB;
        var finite = true;
        for (var i = from; i < length; i++)
        {
            var w = operands.Current[i];
            var g = (operands.Gradient[i] / operands.Divisor) + (operands.L2 * w);
            var a = TRule.Slots > 0 ? slotA[i] : 0;
            var b = TRule.Slots > 1 ? slotB[i] : 0;
            w = rule.Update(w, g, ref a, ref b);
            operands.Next[i] = w;
            if (TRule.Slots > 0)
                slotA[i] = a;
            if (TRule.Slots > 1)
                slotB[i] = b;
            finite &= float.IsFinite(w) & float.IsFinite(a) & float.IsFinite(b);
        }

        return finite;
    }
}

/// <summary>What an update reads and writes; lengths are checked.</summary>
internal readonly ref struct UpdateOperands
{
    public required ReadOnlySpan<float> Current { get; init; }

    public required Span<float> Next { get; init; }

    /// <summary>Empty where the rule has no slot.</summary>
    public required Span<float> SlotA { get; init; }

    /// <summary>Empty where the rule has no second slot.</summary>
    public required Span<float> SlotB { get; init; }

    public required ReadOnlySpan<float> Gradient { get; init; }

    public required float Divisor { get; init; }

    public required float L2 { get; init; }
}
