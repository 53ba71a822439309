namespace Cluster.Compute.Elements;

/// <summary>The definitions of the element-wise operations of <see cref="Devices.IDeviceStream"/>, one element at a time.</summary>
internal static class ElementReference
{
    public static void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result)
    {
        for (var i = 0; i < result.Length; i++)
            result[i] = a[i] + b[i];
    }

    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result)
    {
        for (var i = 0; i < result.Length; i++)
            result[i] = a[i] * b[i];
    }

    public static void Scale(ReadOnlySpan<float> a, float scale, Span<float> result)
    {
        for (var i = 0; i < result.Length; i++)
            result[i] = scale * a[i];
    }

    public static void AddScaled(ReadOnlySpan<float> a, float scale, Span<float> target)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = MathF.FusedMultiplyAdd(scale, a[i], target[i]);
    }
}
