using Cluster.Compute.Philox;

namespace Cluster.Models.Parameters;

/// <summary>Parameters that start uniform in [-<paramref name="Bound"/>, <paramref name="Bound"/>), or at 0 where the bound is 0.</summary>
/// <remarks>
/// Number i of the sequence is word i mod 4 of Philox block i / 4 under the job's seed, so a range can be drawn alone; parameter i is number i,
/// wherever it is placed. Of the
/// word the upper 24 bits count, u = word/2⁸·2⁻²⁴; the value is -bound + 2·bound·u.
/// </remarks>
/// <param name="First">The first parameter.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Bound">Finite, at least 0.</param>
public sealed record UniformStart(int First, int Length, float Bound)
{
    /// <summary>Number of the first one in the sequence; that of the parameter where nothing else is said.</summary>
    public long Index { get; init; } = First;

    /// <summary>Glorot and Bengio (2010), equation 16: √(6/(inputs + outputs)). For tanh, sigmoid and no activation.</summary>
    public static float GlorotBound(int inputs, int outputs) => (float)Math.Sqrt(6.0 / ((long)inputs + outputs));

    /// <summary>He et al. (2015), equation 10, as a uniform distribution of that variance: √(6/inputs). For rectifiers.</summary>
    public static float HeBound(int inputs) => (float)Math.Sqrt(6.0 / inputs);

    /// <summary>Writes the part of a vector that some starts cover; the rest becomes 0.</summary>
    /// <param name="starts">In order, without overlap.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="first">The vector's first parameter among all.</param>
    /// <param name="parameters">Overwritten.</param>
    public static void Fill(IReadOnlyList<UniformStart> starts, ulong seed, long first, Span<float> parameters)
    {
        parameters.Clear();
        foreach (var start in starts)
        {
            var from = Math.Max(start.First, first);
            var to = Math.Min((long)start.First + start.Length, first + parameters.Length);
            if (from < to && start.Bound > 0)
                PhiloxUniform.Fill(seed, start.Index + (from - start.First), -start.Bound, start.Bound, parameters[(int)(from - first)..(int)(to - first)]);
        }
    }
}
