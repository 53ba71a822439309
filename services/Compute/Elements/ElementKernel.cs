using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Elements;

/// <summary>result[i] = operation(a[i], b[i]); the result may be a or b. Items are elements.</summary>
internal readonly struct ElementKernel<TOperation>(
    TOperation operation, ArraySegment<float> a, ArraySegment<float> b, ArraySegment<float> result) : IRangeKernel
    where TOperation : struct, IElementOperation
{
    /// <summary>Elements that are worth a thread's while: some 10 µs of memory traffic.</summary>
    public const int Grain = 1 << 16;

    public void Execute(int from, int to)
    {
        var (length, i) = (to - from, 0);
        ref var left = ref MemoryMarshal.GetReference(a.AsSpan(from, length));
        ref var right = ref MemoryMarshal.GetReference(b.AsSpan(from, length));
        var target = result.AsSpan(from, length);
        ref var to0 = ref MemoryMarshal.GetReference(target);
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var index = (nuint)i;
            operation.Apply(Vector256.LoadUnsafe(ref left, index), Vector256.LoadUnsafe(ref right, index)).StoreUnsafe(ref to0, index);
        }

        for (; i < length; i++)
            target[i] = operation.Apply(a[from + i], b[from + i]);
    }
}
