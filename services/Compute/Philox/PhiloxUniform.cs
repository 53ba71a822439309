namespace Cluster.Compute.Philox;

/// <summary>Uniform float32 numbers by index: low + (high - low)·u, u in [0, 1) with 24 bits.</summary>
public static class PhiloxUniform
{
    /// <summary>Number i takes word i mod 4 of block i / 4, so neighbours can be drawn apart.</summary>
    /// <param name="seed">Key of the generator.</param>
    /// <param name="first">Index of the first number, at least 0.</param>
    /// <param name="low">Finite.</param>
    /// <param name="high">Finite.</param>
    /// <param name="target">Overwritten.</param>
    public static void Fill(ulong seed, long first, float low, float high, Span<float> target)
    {
        var width = high - low;
        PhiloxWords words = default;
        for (var i = 0; i < target.Length; i++)
        {
            var place = first + i;
            if (i == 0 || place % 4 == 0) words = Philox4x32.Block((ulong)(place / 4), seed);
            var word = (place % 4) switch { 0 => words.W0, 1 => words.W1, 2 => words.W2, _ => words.W3 };
            target[i] = low + (width * ((word >> 8) * (1f / (1 << 24))));
        }
    }
}
