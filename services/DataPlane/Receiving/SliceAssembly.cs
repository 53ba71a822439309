using Cluster.DataPlane.Frames;

namespace Cluster.DataPlane.Receiving;

/// <summary>Puts the frames of one slice together in its destination: in order, nothing twice, nothing beyond its end.</summary>
public sealed class SliceAssembly
{
    private Memory<float> _target;
    private bool _isWanted;
    private int _received;
    private int _length;

    /// <summary>Whether a slice is under way.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The header of the slice under way, or of the last one.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>Whether the slice has a destination; one that has none is read and dropped.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>Takes the first frame of a slice.</summary>
    /// <param name="frame">A Push or Parameters frame.</param>
    /// <param name="isWanted">Whether there is a destination.</param>
    /// <param name="target">The destination, as long as the slice.</param>
    /// <returns>Whether the slice is complete.</returns>
    /// <exception cref="MalformedFrameException">The frame does not start a slice, or one is under way.</exception>
    public bool Begin(ReceivedFrame frame, bool isWanted, Memory<float> target)
    {
        var header = frame.Header;
        FrameCheck.Require(!IsOpen, "frame.kind", (long)header.Kind, "the slice before it is not complete");
        FrameCheck.Require(header.Offset == 0, "frame.offset", header.Offset, "the first frame of a slice starts at 0");
        if (isWanted && target.Length != header.Length)
        {
            throw new MalformedFrameException("frame.length", header.Length,
                FormattableString.Invariant($"the slice of this ps task has {target.Length} floats"));
        }

        Header = header;
        (_target, _isWanted, _received, _length, IsOpen) = (target, isWanted, 0, header.Length, true);
        return Append(frame);
    }

    /// <summary>Takes the next frame of the slice under way.</summary>
    public bool Continue(ReceivedFrame frame)
    {
        var header = frame.Header;
        FrameCheck.Require(IsOpen, "frame.kind", (long)header.Kind, "no slice is under way");
        FrameCheck.Require(header.Offset == _received && header.Here > 0 && header.Length == _length, "frame.offset", header.Offset,
            "the frames of a slice follow one another");
        return Append(frame);
    }

    private bool Append(ReceivedFrame frame)
    {
        var floats = frame.Floats;
        if (_isWanted)
            floats.CopyTo(_target.Span[_received..]);
        _received += floats.Length;
        IsOpen = _received < _length;
        return !IsOpen;
    }
}
