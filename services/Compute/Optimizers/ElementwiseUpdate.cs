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
        ref float current = ref MemoryMarshal.GetReference(operands.Current);
        ref float next = ref MemoryMarshal.GetReference(operands.Next);
        ref float gradient = ref MemoryMarshal.GetReference(operands.Gradient);
        ref float slotA = ref MemoryMarshal.GetReference(operands.SlotA);
        ref float slotB = ref MemoryMarshal.GetReference(operands.SlotB);
        int length = operands.Current.Length;
        Vector256<float> divisor = Vector256.Create(operands.Divisor);
        Vector256<float> l2 = Vector256.Create(operands.L2);
        // x - x is 0 where x is finite and NaN elsewhere.
        Vector256<float> probe = Vector256<float>.Zero;
        int i = 0;
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> w = Vector256.LoadUnsafe(ref current, (nuint)i);
            Vector256<float> g = (Vector256.LoadUnsafe(ref gradient, (nuint)i) / divisor) + (l2 * w);
            Vector256<float> a = TRule.Slots > 0 ? Vector256.LoadUnsafe(ref slotA, (nuint)i) : Vector256<float>.Zero;
            Vector256<float> b = TRule.Slots > 1 ? Vector256.LoadUnsafe(ref slotB, (nuint)i) : Vector256<float>.Zero;
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
        int length = operands.Current.Length;
        Span<float> slotA = operands.SlotA;
        Span<float> slotB = operands.SlotB;
        bool finite = true;
        for (int i = from; i < length; i++)
        {
            float w = operands.Current[i];
            float g = (operands.Gradient[i] / operands.Divisor) + (operands.L2 * w);
            float a = TRule.Slots > 0 ? slotA[i] : 0;
            float b = TRule.Slots > 1 ? slotB[i] : 0;
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
