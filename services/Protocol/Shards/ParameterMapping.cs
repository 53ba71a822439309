using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Protocol.Shards;

/// <summary>The protocol's values as messages of <c>cluster.parameters.v1</c>, and back.</summary>
public static class ParameterMapping
{
    public static V1.Generation ToMessage(this Generation generation) => new() { Counter = generation.Counter, Random = generation.Random };

    /// <summary>No generation where the message is missing.</summary>
    public static Generation ToGeneration(this V1.Generation? message) =>
        message is null ? Generation.None : new Generation(message.Counter, message.Random);

    public static V1.Segment ToMessage(this Segment segment) => new() { From = segment.From, To = segment.To };

    public static Segment ToSegment(this V1.Segment? message) => message is null ? default : new Segment(message.From, message.To);

    public static V1.Snapshot ToMessage(this SnapshotKey key)
    {
        return new V1.Snapshot { Generation = key.Generation.ToMessage(), Incarnation = key.Incarnation, Clock = key.Clock };
    }

    public static V1.ShardReport ToMessage(this ShardReport report)
    {
        return new V1.ShardReport
        {
            Incarnation = report.Incarnation,
            Generation = report.Generation.ToMessage(),
            Phase = (V1.Phase)report.Phase,
            Segment = report.Segment.ToMessage(),
            LaneClocks = { report.LaneClocks },
            IsCopied = report.IsCopied,
            SnapshotClock = report.SnapshotClock,
            SnapshotExamples = report.SnapshotExamples,
            SnapshotWritten = report.SnapshotWritten,
            Pace = new V1.Pace { Clocks = report.Pace.Clocks, WorkTicks = report.Pace.Work.Ticks, PauseTicks = report.Pace.Pause.Ticks },
            Divergence = report.Divergence is { } divergence ? ToMessage(divergence) : null,
        };
    }

    public static ShardReport ToReport(this V1.ShardReport message)
    {
        return new ShardReport
        {
            Incarnation = message.Incarnation,
            Generation = message.Generation.ToGeneration(),
            Phase = (ShardPhase)message.Phase,
            Segment = message.Segment.ToSegment(),
            LaneClocks = [.. message.LaneClocks],
            IsCopied = message.IsCopied,
            SnapshotClock = message.SnapshotClock,
            SnapshotExamples = message.SnapshotExamples,
            SnapshotWritten = message.SnapshotWritten,
            Pace = message.Pace is { } p ? new SegmentPace(p.Clocks, TimeSpan.FromTicks(p.WorkTicks), TimeSpan.FromTicks(p.PauseTicks)) : default,
            Divergence = message.Divergence is { } d
                ? new Divergence(new LaneBlock(d.FirstLane, d.Lanes), d.Clock, d.Offset, d.InGradient)
                : null,
        };
    }

    private static V1.Divergence ToMessage(Divergence divergence) => new()
    {
        FirstLane = divergence.Lanes.First,
        Lanes = divergence.Lanes.Count,
        Clock = divergence.Clock,
        Offset = divergence.Offset,
        InGradient = divergence.InGradient,
    };
}
