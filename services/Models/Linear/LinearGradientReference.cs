namespace Cluster.Models.Linear;

/// <summary>The same bits as <see cref="LinearGradientKernel"/>, one element at a time: its oracle, and its contract in code.</summary>
internal static class LinearGradientReference
{
    private const int Accumulators = 8;

    public static double Sum(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, ReadOnlySpan<float> labels, Span<float> sum)
    {
        sum.Clear();
        var d = parameters.Length - 1;
        double loss = 0;
        for (var row = 0; row < labels.Length; row++)
        {
            var x = features.Slice(row * d, d);
            var residual = Predict(parameters, x) - labels[row];
            var slope = 2 * residual;
            for (var i = 0; i < d; i++)
                sum[i] = MathF.FusedMultiplyAdd(slope, x[i], sum[i]);
            sum[d] += slope;
            loss += (double)residual * residual;
        }

        return loss;
    }

    private static float Predict(ReadOnlySpan<float> parameters, ReadOnlySpan<float> x)
    {
        var whole = x.Length / Accumulators * Accumulators;
        Span<float> a = stackalloc float[Accumulators];
        a.Clear();
        for (var i = 0; i < whole; i++)
            a[i % Accumulators] = MathF.FusedMultiplyAdd(parameters[i], x[i], a[i % Accumulators]);
        var rest = parameters[x.Length];
        for (var i = whole; i < x.Length; i++)
            rest = MathF.FusedMultiplyAdd(parameters[i], x[i], rest);
        return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7])) + rest;
    }
}
