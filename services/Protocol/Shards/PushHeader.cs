using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Shards;

/// <summary>What a pushed gradient is, beside its floats.</summary>
/// <param name="Generation">The generation whose parameters it was computed on.</param>
/// <param name="Block">The lanes whose gradients it is the sum of.</param>
/// <param name="Clock">The clock of each of those lanes; in synchronous mode also the version it was computed on.</param>
/// <param name="Examples">Examples in the sum; 0 where all lanes of the block have an empty share, and then the floats mean nothing.</param>
/// <param name="Worker">The exchange stream that pushes, unique in the life of the ps task; 0 is nobody.</param>
public readonly record struct PushHeader(Generation Generation, LaneBlock Block, long Clock, long Examples, ulong Worker)
{
    /// <summary>In asynchronous modes the clock of the slowest lane in the parameters it was computed on: they have every contribution below it.</summary>
    public long Seen { get; init; }
}
