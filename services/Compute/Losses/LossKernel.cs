using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Cluster.Compute.Threads;

namespace Cluster.Compute.Losses;

/// <summary>Losses and gradients, element by element; the gradient may be the predictions. Items are elements.</summary>
internal readonly struct LossKernel<TLoss>(
    ArraySegment<float> predictions, ArraySegment<float> labels, ArraySegment<float> losses, ArraySegment<float> gradient) : IRangeKernel
    where TLoss : struct, ILossFunction
{
    /// <summary>Elements that are worth a thread's while, with an exponential and a logarithm each.</summary>
    public const int Grain = 1 << 13;

    public void Execute(int from, int to)
    {
        var (length, i) = (to - from, 0);
        ref var prediction = ref MemoryMarshal.GetReference(predictions.AsSpan(from, length));
        ref var label = ref MemoryMarshal.GetReference(labels.AsSpan(from, length));
        var lossesHere = losses.AsSpan(from, length);
        var gradientHere = gradient.AsSpan(from, length);
        for (; i <= length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var (l, g) = TLoss.Apply(Vector256.LoadUnsafe(ref prediction, (nuint)i), Vector256.LoadUnsafe(ref label, (nuint)i));
            l.StoreUnsafe(ref MemoryMarshal.GetReference(lossesHere), (nuint)i);
            g.StoreUnsafe(ref MemoryMarshal.GetReference(gradientHere), (nuint)i);
        }

        for (; i < length; i++)
            (lossesHere[i], gradientHere[i]) = TLoss.Apply(predictions[from + i], labels[from + i]);
    }
}
