using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cluster.Models.Linear;

/// <summary>Summed gradient of the squared error of w·x + b.</summary>
/// <remarks>
/// The order of operations is part of the contract. Feature i of the first 8·⌊d/8⌋ goes to accumulator i mod 8; the
/// eight are added as ((0+4)+(2+6))+((1+5)+(3+7)); the other features start from b. Examples follow one another, and
/// each product is fused with its addition. <see cref="LinearGradientReference"/> gives the same bits.
/// </remarks>
internal static class LinearGradientKernel
{
    /// <param name="parameters">d weights, then the bias.</param>
    /// <param name="features">n rows of d values.</param>
    /// <param name="labels">n values.</param>
    /// <param name="sum">Overwritten with d + 1 values.</param>
    /// <returns>The sum of squared residuals.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<float> labels, Span<float> sum)
    {
        sum.Clear();
        var d = parameters.Length - 1;
        float bias = 0;
        double loss = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            var x = features.Slice(row * d, d);
            var residual = Predict(parameters, x) - labels[row];
            var slope = residual + residual;
            AddScaled(sum[..d], x, slope);
            bias += slope;
            loss += (double)residual * residual;
        }

        sum[d] = bias;
        return loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Predict(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x)
    {
        ref var w = ref MemoryMarshal.GetReference(parameters);
        ref var v = ref MemoryMarshal.GetReference(x);
        var products = Vector256<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            products = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref w, (nuint)i), Vector256.LoadUnsafe(ref v, (nuint)i), products);
        var rest = parameters[x.Length];
        for (; i < x.Length; i++)
            rest = MathF.FusedMultiplyAdd(parameters[i], x[i], rest);
        return Total(products) + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(Vector256<float> v)
    {
        var four = v.GetLower() + v.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.ToScalar() + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> x, float slope)
    {
        ref var s = ref MemoryMarshal.GetReference(sum);
        ref var v = ref MemoryMarshal.GetReference(x);
        var slopes = Vector256.Create(slope);
        var i = 0;
        for (; i <= sum.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256.FusedMultiplyAdd(slopes, Vector256.LoadUnsafe(ref v, (nuint)i), Vector256.LoadUnsafe(ref s, (nuint)i))
                .StoreUnsafe(ref s, (nuint)i);
        }

        for (; i < sum.Length; i++)
            sum[i] = MathF.FusedMultiplyAdd(slope, x[i], sum[i]);
    }
}
