using Cluster.DataPlane.Frames;
using Cluster.Protocol.Shards;

namespace Cluster.ParameterStore.Shards;

internal enum ShardMessageKind
{
    Attach,
    Detach,
    Stage,
    Push,
    Request,
    Tick,
    Call,
}

/// <summary>One thing for a shard's owner to do. A push comes with the vector that holds its floats,
/// and the clock that its parameters had seen of all lanes.</summary>
internal readonly record struct ShardMessage(ShardMessageKind Kind, Attachment? Attachment = null, FrameHeader Header = default, Action? Call = null,
    PooledVector? Gradient = null, long Seen = 0);
