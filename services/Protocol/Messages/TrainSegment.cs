using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Messages;

/// <summary>Command to a worker: bring these lanes of a training job to the end of the open segment.</summary>
public sealed record TrainSegment
{
    public required string JobId { get; init; }

    public required Generation Generation { get; init; }

    /// <summary>First clock.</summary>
    public required long From { get; init; }

    /// <summary>Clock after the last.</summary>
    public required long To { get; init; }

    /// <summary>Numbers of the lanes, ascending.</summary>
    public required IReadOnlyList<int> Lanes { get; init; }

    /// <summary>Device spec that the item must run on.</summary>
    public required string Device { get; init; }

    public static TrainSegment Of(string jobId, SegmentItem item, string device) => new()
    {
        JobId = jobId,
        Generation = item.Generation,
        From = item.Segment.From,
        To = item.Segment.To,
        Lanes = [.. Enumerable.Range(0, BlockTree.MaxLanes).Where(item.Lanes.Contains)],
        Device = device,
    };

    /// <summary>The item as the protocol has it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A lane is outside 0 to 255.</exception>
    public SegmentItem ToItem()
    {
        var lanes = default(LaneSet);
        foreach (var lane in Lanes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(lane);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, BlockTree.MaxLanes);
            lanes.Add(lane);
        }

        return new SegmentItem(Generation, new Segment(From, To), lanes);
    }
}
