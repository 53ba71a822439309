using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;

namespace Cluster.DataPlane.Frames;

/// <summary>What every frame must satisfy before anything is done with it; what depends on the job is checked where the job is known.</summary>
internal static class FrameCheck
{
    /// <summary>Checks a header against its bounds and against the bytes that came with it.</summary>
    /// <exception cref="MalformedFrameException">A field is out of bounds.</exception>
    public static void Require(in FrameHeader header, long contentBytes, bool goesUp)
    {
        Require(IsExpected(header.Kind, goesUp), "frame.kind", (long)header.Kind,
            goesUp ? "it is none that a worker sends" : "it is none that a ps task sends");
        Require(header.Outcome <= PushOutcome.Stale, "frame.outcome", (long)header.Outcome, "it is not defined");
        Require((header.Flags & ~FrameFlags.Displaced) == 0, "frame.flags", (long)header.Flags, "it has undefined bits");
        Require(header.Generation.Counter >= 0, "frame.generation", header.Generation.Counter, "it must be at least 0");
        RequireRange(header.Block.First, 0, FrameLimits.MaxTasks - 1, "frame.first");
        RequireRange(header.Block.Count, 0, BlockTree.MaxLanes, "frame.count");
        Require(header.Clock >= -1, "frame.clock", header.Clock, "it must be at least -1");
        RequireRange(header.Length, 0, FrameLimits.MaxLength, "frame.length");
        RequireRange(header.Here, 0, FrameLimits.FloatsPerFrame, "frame.here");
        RequireRange(header.Clocks, 0, BlockTree.MaxLanes, "frame.clocks");
        RequireSlice(header);
        if (header.ContentBytes != contentBytes)
            throw new MalformedFrameException("frame.bytes", contentBytes, FormattableString.Invariant($"the header announces {header.ContentBytes}"));
    }

    public static void Require(bool condition, string field, long value, string limit)
    {
        if (!condition)
            throw new MalformedFrameException(field, value, limit);
    }

    private static void RequireSlice(in FrameHeader header)
    {
        if (header.Kind == FrameKind.Attach)
        {
            RequireRange(header.Length, 1, FrameLimits.MaxJobBytes, "attach.length");
            Require(header.Here == 0 && header.Clocks == 0, "attach.here", header.Here, "it carries no floats and no clocks");
            Require(header.Value != 0, "attach.worker", header.Value, "0 is nobody");
            return;
        }

        RequireRange(header.Offset, 0, header.Length - header.Here, "frame.offset");
        if (header.Kind != FrameKind.Push)
            return;
        Require(header.Value >= 0, "push.examples", header.Value, "it must be at least 0");
        RequireRange(header.Clocks, 0, 1, "push.clocks");
    }

    // Plain comparisons on the way of every frame; the text of a limit is made only where it is broken.
    private static void RequireRange(long value, long least, long most, string field)
    {
        if (value < least || value > most)
            throw new MalformedFrameException(field, value, FormattableString.Invariant($"it must lie within {least} and {most}"));
    }

    private static bool IsExpected(FrameKind kind, bool goesUp) => kind == FrameKind.More
        || (goesUp ? kind is >= FrameKind.Attach and <= FrameKind.Request : kind is >= FrameKind.Attached and <= FrameKind.Hint);
}
