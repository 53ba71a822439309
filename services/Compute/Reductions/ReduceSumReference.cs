namespace Cluster.Compute.Reductions;

/// <summary>The definition of <see cref="Devices.IDeviceStream.ReduceSum"/>, one element at a time.</summary>
internal static class ReduceSumReference
{
    public const int BlockLength = 4096;
    public const int Accumulators = 32;

    public static float Sum(ReadOnlySpan<float> a)
    {
        if (a.Length == 0) return 0;
        var sums = a.ToArray();
        do
            sums = [.. sums.Chunk(BlockLength).Select(BlockSum)];
        while (sums.Length > 1);
        return sums[0];
    }

    private static float BlockSum(float[] block)
    {
        var accumulators = new float[Accumulators];
        for (var i = 0; i < block.Length; i++)
            accumulators[i % Accumulators] += block[i];
        for (var half = Accumulators / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                accumulators[i] += accumulators[i + half];
        }

        return accumulators[0];
    }
}
