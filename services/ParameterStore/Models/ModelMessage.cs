using Cluster.DataPlane.Frames;
using Cluster.Protocol.Parameters;

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

/// <summary>One thing for a model's owner to do. A push comes with the staging buffer that holds its floats, and the clock that its parameters had seen of all lanes.</summary>
internal readonly record struct ModelMessage(ModelMessageKind Kind, Attachment? Attachment = null, FrameHeader Header = default, Action? Call = null, StagedGradient? Staging = null, long Seen = 0);
