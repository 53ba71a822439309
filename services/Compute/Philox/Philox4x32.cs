namespace Cluster.Compute.Philox;

/// <summary>Four 32-bit words, in the order in which the generator numbers them.</summary>
public readonly record struct PhiloxWords(uint W0, uint W1, uint W2, uint W3);

/// <summary>
/// Philox4x32-10, a counter-based random generator: a block of four 32-bit words is a pure function of a 128-bit
/// counter and a 64-bit key, so any worker draws any part of a sequence without state.
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011), section 3.3.
/// </summary>
public static class Philox4x32
{
    public const int Rounds = 10;

    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;

    /// <summary>Block <paramref name="index"/> of the sequence of <paramref name="seed"/>: the counter is
    /// (low index, high index, 0, 0) and the key (low seed, high seed).</summary>
    public static PhiloxWords Block(ulong index, ulong seed) =>
        Block(new PhiloxWords((uint)index, (uint)(index >> 32), 0, 0), (uint)seed, (uint)(seed >> 32));

    /// <summary>The block of <paramref name="counter"/> under the key (<paramref name="key0"/>, <paramref name="key1"/>).</summary>
    public static PhiloxWords Block(PhiloxWords counter, uint key0, uint key1)
    {
        var (c0, c1, c2, c3) = counter;
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ key0;
            c2 = (uint)(product0 >> 32) ^ c3 ^ key1;
            c1 = (uint)product1;
            c3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return new PhiloxWords(c0, c1, c2, c3);
    }
}
