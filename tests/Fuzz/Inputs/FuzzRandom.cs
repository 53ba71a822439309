using System.Numerics;

namespace Cluster.Fuzz.Inputs;

/// <summary>The random numbers of one input: a function of seed and number alone, so that any input can be made again by itself.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood 2014).</remarks>
internal sealed class FuzzRandom(ulong seed, long input)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = Mix(seed + Gamma) ^ Mix(((ulong)input * 0xD1342543DE82EF95) + 1);

    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A number from 0 to <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    public bool Once(int of) => Below(of) == 0;

    public T Pick<T>(IReadOnlyList<T> values) => values[Below(values.Count)];

    /// <summary>A small count mostly, now and then a larger one.</summary>
    public int Few(int most) => Math.Min(most, 1 + BitOperations.TrailingZeroCount(Next()));

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)Next();
        return bytes;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
