namespace Cluster.DataPlane.Frames;

/// <summary>A frame that no correct peer sends: the stream ends with INVALID_ARGUMENT.</summary>
/// <param name="field">Field of the frame: <c>push.length</c>.</param>
/// <param name="value">What it holds.</param>
/// <param name="limit">What it may hold.</param>
public sealed class MalformedFrameException(string field, long value, string limit)
    : Exception(FormattableString.Invariant($"{field} is {value}; {limit}"))
{
    public string Field { get; } = field;
}
