using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Commits;

/// <summary>What a work item asks of a worker: to bring these lanes to the end of the segment.</summary>
public sealed record SegmentItem(Generation Generation, Segment Segment, LaneSet Lanes);
