using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Dense;

/// <summary>y = f(y + bias), in place. Items are rows of y.</summary>
internal readonly struct BiasActivationKernel<TFunction>(ArraySegment<float> y, ArraySegment<float> bias) : IRangeKernel
    where TFunction : struct, IActivationFunction
{
    public void Execute(int from, int to)
    {
        var outputs = bias.Count;
        ref var offsets = ref MemoryMarshal.GetReference(bias.AsSpan());
        for (var row = from; row < to; row++)
        {
            var values = y.AsSpan(row * outputs, outputs);
            ref var first = ref MemoryMarshal.GetReference(values);
            var i = 0;
            for (; i <= outputs - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                var z = Vector256.LoadUnsafe(ref first, (nuint)i) + Vector256.LoadUnsafe(ref offsets, (nuint)i);
                TFunction.Apply(z).StoreUnsafe(ref first, (nuint)i);
            }

            for (; i < outputs; i++)
                values[i] = TFunction.Apply(values[i] + bias[i]);
        }
    }
}
