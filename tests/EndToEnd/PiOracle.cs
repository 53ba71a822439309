using System.Collections.Concurrent;
using Cluster.Compute.Pi;

namespace Cluster.EndToEnd;

/// <summary>The exact count, computed in this process without any of the services.</summary>
internal static class PiOracle
{
    private const long PointsPerBlock = 2;

    private static readonly ConcurrentDictionary<(long Blocks, ulong Seed), long> Known = new();

    /// <summary>Inside count of a large job by the kernel, whose own tests check it against the definition; computed once.</summary>
    public static long ByKernel(long points, ulong seed) => Known.GetOrAdd((points / PointsPerBlock, seed), job =>
        ParallelEnumerable.Range(0, Pieces).Sum(piece =>
            (long)PhiloxPiKernel.CountInside(job.Blocks * piece / Pieces, job.Blocks * (piece + 1) / Pieces, job.Seed)));

    /// <summary>Inside count by the definition, one block at a time.</summary>
    public static long ByDefinition(long blocks, ulong seed) => (long)PhiloxPiReference.CountInside(0, blocks, seed);

    private const int Pieces = 64;
}
