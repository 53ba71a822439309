using Cluster.Compute.Philox;

namespace Cluster.Compute.Pi;

/// <summary>What is constant while the seed and the high counter word are: the round keys, one word a 64-bit lane, and
/// the words that the first two rounds make of the constant part of the counter.</summary>
internal readonly struct PhiloxPiKeys<TWords>
    where TWords : struct, IWords<TWords>
{
    public readonly TWords L0, K1, K2, K3, L3, K4, L4, K5, L5, K6, L6, K7, L7, K8, L8, K9, L9;
    public readonly TWords Round1Word2, Round2Word2;

    public PhiloxPiKeys(ulong seed, uint highCounter)
    {
        var key0 = (uint)seed;
        var key1 = (uint)(seed >> 32);
        var product = (ulong)Philox4x32.Multiplier0 * (highCounter ^ key0);

        L0 = Key1(0);
        K1 = Key0(1);
        K2 = Key0(2);
        (K3, L3) = (Key0(3), Key1(3));
        (K4, L4) = (Key0(4), Key1(4));
        (K5, L5) = (Key0(5), Key1(5));
        (K6, L6) = (Key0(6), Key1(6));
        (K7, L7) = (Key0(7), Key1(7));
        (K8, L8) = (Key0(8), Key1(8));
        (K9, L9) = (Key0(9), Key1(9));
        Round1Word2 = TWords.Create(product >> 32) ^ Key1(1);
        Round2Word2 = TWords.Create(product) ^ Key1(2);

        TWords Key0(uint round) => TWords.Create((ulong)(key0 + round * Philox4x32.Weyl0));
        TWords Key1(uint round) => TWords.Create((ulong)(key1 + round * Philox4x32.Weyl1));
    }
}
