using Cluster.Protocol.Lanes;

namespace Cluster.DataPlane.Frames;

/// <summary>Bounds of what a frame may hold.</summary>
public static class FrameLimits
{
    /// <summary>Floats in one frame: 256 KiB, beyond which larger frames gained nothing in <c>Benchmarks -- exchange</c>'s forerunner.</summary>
    public const int FloatsPerFrame = 65_536;

    /// <summary>Floats in one slice: 1 GiB.</summary>
    public const int MaxLength = 1 << 28;

    /// <summary>Bytes of a job's name.</summary>
    public const int MaxJobBytes = 64;

    /// <summary>Ps tasks there can be.</summary>
    public const int MaxTasks = 1024;

    /// <summary>Bytes of the largest frame.</summary>
    public const int MaxBytes = FrameHeader.Size + (BlockTree.MaxLanes * sizeof(long)) + (FloatsPerFrame * sizeof(float));
}
