using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Workers;

/// <summary>Where an item's segment ends, as each ps task said last: it may end earlier than when the item was published.</summary>
/// <remarks>Tasks that differ are asked for the largest end by the coordinator, so that one counts. No call allocates after construction.</remarks>
internal sealed class SegmentEnds
{
    private readonly Segment _segment;
    private readonly long[] _ends;

    public SegmentEnds(Segment segment, int tasks)
    {
        _segment = segment;
        _ends = new long[tasks];
        _ends.AsSpan().Fill(segment.To);
    }

    public long End
    {
        get
        {
            var end = _segment.From;
            foreach (var told in _ends)
                end = Math.Max(end, told);
            return end;
        }
    }

    /// <summary>A ps task said where its segment ends; what does not lie in the item's is of another segment.</summary>
    public void Tell(int task, long end)
    {
        if (end > _segment.From && end <= _segment.To)
            _ends[task] = end;
    }
}
