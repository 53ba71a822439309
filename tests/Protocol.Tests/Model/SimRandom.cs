namespace Cluster.Protocol.Tests.Model;

/// <summary>SplitMix64 (Steele, Lea and Flood 2014): every choice of an interleaving follows from one seed.</summary>
internal sealed class SimRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Next(int end) => (int)(NextUInt64() % (ulong)end);

    public bool Chance(int percent) => Next(100) < percent;

    public bool OneIn(int times) => Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];
}
