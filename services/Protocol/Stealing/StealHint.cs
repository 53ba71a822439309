using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Stealing;

/// <summary>A ps task asks a waiting worker to compute a block that nobody has pushed.</summary>
/// <param name="Worker">The exchange stream to tell.</param>
/// <param name="Generation">The generation of the step.</param>
/// <param name="Clock">The clock of the step.</param>
/// <param name="Block">The block that is missing.</param>
public readonly record struct StealHint(ulong Worker, Generation Generation, long Clock, LaneBlock Block);
