namespace Cluster.DataPlane.Frames;

/// <summary>A frame about to be sent: a header and a borrowed view of what follows it. One a sender, used again and again.</summary>
/// <remarks>What it points to must not change until the write that it is given to has completed.</remarks>
public sealed class SentFrame
{
    public FrameHeader Header { get; set; }

    /// <summary>The job's name in an Attach.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    public ReadOnlyMemory<long> LaneClocks { get; set; }

    public ReadOnlyMemory<float> Floats { get; set; }

    /// <summary>Makes it the frame that starts at a float of a slice.</summary>
    /// <param name="first">The header of the slice's first frame.</param>
    /// <param name="slice">The whole slice.</param>
    /// <param name="clocks">Lane clocks, which go with the first frame.</param>
    /// <param name="offset">Where this frame starts.</param>
    /// <returns>Where the next frame starts.</returns>
    internal int SetPart(in FrameHeader first, ReadOnlyMemory<float> slice, ReadOnlyMemory<long> clocks, int offset)
    {
        var here = Math.Min(FrameLimits.FloatsPerFrame, slice.Length - offset);
        var isFirst = offset == 0;
        Text = default;
        LaneClocks = isFirst ? clocks : default;
        Floats = slice.Slice(offset, here);
        Header = first with
        {
            Kind = isFirst ? first.Kind : FrameKind.More,
            Length = slice.Length,
            Offset = offset,
            Here = here,
            Clocks = LaneClocks.Length,
        };
        return offset + here;
    }

    internal void Set(in FrameHeader header, ReadOnlyMemory<byte> text = default)
    {
        Header = header;
        Text = text;
        LaneClocks = default;
        Floats = default;
    }
}
