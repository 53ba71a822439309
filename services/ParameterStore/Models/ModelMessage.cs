using Cluster.DataPlane.Frames;

namespace Cluster.ParameterStore.Models;

internal enum ModelMessageKind
{
    Attach,
    Detach,
    Push,
    Request,
    Tick,
    Call,
}

/// <summary>One thing for a model's owner to do. A push's floats are in the attachment's staging buffer.</summary>
internal readonly record struct ModelMessage(ModelMessageKind Kind, Attachment? Attachment = null, FrameHeader Header = default, Action? Call = null);
