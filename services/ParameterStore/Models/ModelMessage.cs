using Cluster.DataPlane.Frames;
using Cluster.Protocol.Parameters;

namespace Cluster.ParameterStore.Models;

internal enum ModelMessageKind
{
    Attach,
    Detach,
    Stage,
    Push,
    Request,
    Tick,
    Call,
}

/// <summary>One thing for a model's owner to do. A push comes with the vector that holds its floats, and the clock that its parameters had seen of all lanes.</summary>
internal readonly record struct ModelMessage(ModelMessageKind Kind, Attachment? Attachment = null, FrameHeader Header = default, Action? Call = null, PooledVector? Gradient = null, long Seen = 0);
