using Cluster.Compute.Optimizers;

namespace Cluster.Compute.Devices;

/// <summary>Checks of an operation's arguments, the same on every device. Each throws <see cref="ArgumentException"/> naming both sides.</summary>
internal static class SpanChecks
{
    public static void RequireShape(DeviceSpan span, int rows, int columns, string name)
    {
        if (span.Length != (long)rows * columns)
            throw new ArgumentException($"{name} has {span.Length} elements; {rows}×{columns} are needed.", name);
    }

    public static void RequireLength(DeviceSpan span, int length, string name, string of)
    {
        if (span.Length != length)
            throw new ArgumentException($"{name} has {span.Length} elements, {of} has {length}.", name);
    }

    /// <summary>The result shares no element with an operand.</summary>
    public static void RequireApart(DeviceSpan result, DeviceSpan operand, string name, string of)
    {
        if (Overlap(result, operand))
            throw new ArgumentException(
                $"{name} [{result.Offset}, {result.Offset + result.Length}) overlaps {of} [{operand.Offset}, {operand.Offset + operand.Length}).", name);
    }

    /// <summary>The result is the operand or shares no element with it.</summary>
    public static void RequireSameOrApart(DeviceSpan result, DeviceSpan operand, string name, string of)
    {
        if (result != operand) RequireApart(result, operand, name, of);
    }

    /// <summary>The results of <see cref="IDeviceStream.DenseBackward"/> are apart from its operands and from each other.</summary>
    public static void RequireApart(
        DeviceSpan x, DeviceSpan weights, DeviceSpan y, DeviceSpan dy, DeviceSpan dWeights, DeviceSpan dBias, DeviceSpan? dx)
    {
        ReadOnlySpan<(DeviceSpan Span, string Name, bool IsResult)> spans =
        [
            (x, nameof(x), false), (weights, nameof(weights), false), (y, nameof(y), false), (dy, nameof(dy), true),
            (dWeights, nameof(dWeights), true), (dBias, nameof(dBias), true), (dx ?? dBias.Slice(0, 0), nameof(dx), true),
        ];
        for (var i = 0; i < spans.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (spans[i].IsResult)
                    RequireApart(spans[i].Span, spans[j].Span, spans[i].Name, spans[j].Name);
            }
        }
    }

    /// <summary>Sizes of a matrix product are not negative and fit the operands.</summary>
    public static void RequireMatMul(in MatMulShape shape, DeviceSpan a, DeviceSpan b, DeviceSpan c)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shape.M, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfNegative(shape.N, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfNegative(shape.K, nameof(shape));
        var (m, n, k) = (shape.M, shape.N, shape.K);
        if (a.Length == (long)m * k && b.Length == (long)k * n && c.Length == (long)m * n) return;
        throw new ArgumentException(
            $"A has {a.Length}, B has {b.Length} and C has {c.Length} elements; C ({m}×{n}) = A ({m}×{k}) · B ({k}×{n}) needs "
            + $"{(long)m * k}, {(long)k * n} and {(long)m * n}.", nameof(shape));
    }

    /// <summary>Classes of <see cref="IDeviceStream.SoftmaxCrossEntropy"/>, whose arguments are checked.</summary>
    public static int RequireClasses(int rows, DeviceSpan logits, DeviceSpan labels, DeviceSpan losses, DeviceSpan gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        var classes = rows > 0 ? logits.Length / rows : 0;
        RequireShape(logits, rows, classes, nameof(logits));
        RequireShape(labels, rows, 1, nameof(labels));
        RequireShape(losses, rows, 1, nameof(losses));
        RequireShape(gradient, rows, classes, nameof(gradient));
        return classes;
    }

    /// <summary>Lengths of <see cref="IDeviceStream.Update"/> fit, its results are apart, and there are examples.</summary>
    public static void RequireUpdate(
        Optimizer optimizer, DeviceSpan current, DeviceSpan next, DeviceSpan slots, DeviceSpan gradient, long examples)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        RequireLength(next, current.Length, nameof(next), nameof(current));
        RequireLength(gradient, current.Length, nameof(gradient), nameof(current));
        RequireShape(slots, optimizer.Slots, current.Length, nameof(slots));
        RequireSameOrApart(next, current, nameof(next), nameof(current));
        RequireApart(next, gradient, nameof(next), nameof(gradient));
        RequireApart(slots, current, nameof(slots), nameof(current));
        RequireApart(slots, next, nameof(slots), nameof(next));
        RequireApart(slots, gradient, nameof(slots), nameof(gradient));
    }

    /// <summary>The ranges of <see cref="IDeviceStream.CountPiInside"/> cover [from, to), each with at least one index.</summary>
    public static void RequireRanges(long from, long to, long size, int ranges, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1, name);
        var needed = to == from ? 0 : (to - from - 1) / size + 1;
        if (ranges != needed)
            throw new ArgumentException($"There are {ranges} results for [{from}, {to}) in ranges of {size} {name}; {needed} are needed.", name);
    }

    private static bool Overlap(DeviceSpan a, DeviceSpan b) =>
        ReferenceEquals(a.Buffer, b.Buffer) && a.Length > 0 && b.Length > 0
        && a.Offset < b.Offset + b.Length && b.Offset < a.Offset + a.Length;
}
