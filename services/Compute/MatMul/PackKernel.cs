using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cluster.Compute.Threads;

namespace Cluster.Compute.MatMul;

/// <summary>
/// Copies an operand of a matrix product into panels, so that <see cref="IMicroKernel"/> reads it front to back: a panel is
/// <paramref name="width"/> rows of A (or columns of B), for each k their values side by side, zeros where the last panel has
/// fewer. Items are panels.
/// </summary>
/// <param name="source">The operand.</param>
/// <param name="panels">Panels, one after the other.</param>
/// <param name="count">Rows of A or columns of B.</param>
/// <param name="depth">Values of k.</param>
/// <param name="width">Rows or columns of a panel.</param>
/// <param name="isSideBySide">Whether the operand stores the values of one k side by side; else those of one row or column.</param>
internal readonly struct PackKernel(
    ArraySegment<float> source, ArraySegment<float> panels, int count, int depth, int width, bool isSideBySide) : IRangeKernel
{
    public void Execute(int from, int to)
    {
        for (var panel = from; panel < to; panel++)
        {
            var first = panel * width;
            var used = Math.Min(width, count - first);
            var target = panels.AsSpan(panel * width * depth, width * depth);
            if (used < width) target.Clear();
            if (isSideBySide)
                CopyRows(first, used, target);
            else
                Transpose(first, used, target);
        }
    }

    private void CopyRows(int first, int used, Span<float> target)
    {
        for (var k = 0; k < depth; k++)
            source.AsSpan(k * count + first, used).CopyTo(target[(k * width)..]);
    }

    private void Transpose(int first, int used, Span<float> target)
    {
        ref var from = ref MemoryMarshal.GetReference(source.AsSpan(first * depth, used * depth));
        ref var to = ref MemoryMarshal.GetReference(target);
        for (var k = 0; k < depth; k++)
        {
            for (var i = 0; i < used; i++)
                Unsafe.Add(ref to, k * width + i) = Unsafe.Add(ref from, i * depth + k);
        }
    }
}
