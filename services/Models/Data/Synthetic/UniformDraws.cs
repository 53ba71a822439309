using Cluster.Compute.Philox;

namespace Cluster.Models.Data.Synthetic;

/// <summary>Uniform numbers, a pure function of (seed, index) with the same bits on every processor.</summary>
internal static class UniformDraws
{
    // "UNIF": sets the counters apart from those of other uses of the same seed.
    private const uint Domain = 0x46494E55;

    /// <summary>The middle of one of 2³² intervals of (0, 1).</summary>
    public static double At(ulong seed, ulong index)
    {
        var counter = new PhiloxWords((uint)index, (uint)(index >> 32), 0, Domain);
        return (Philox4x32.Block(counter, (uint)seed, (uint)(seed >> 32)).W0 + 0.5) / 4294967296.0;
    }
}
