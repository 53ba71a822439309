namespace Cluster.DataPlane.Frames;

/// <summary>Keeps received frames for reuse, in two sizes: answers and small slices, and whole chunks. Thread safe.</summary>
/// <remarks>At most 256 small ones (1 MiB) and 64 large ones (16 MiB) are kept; more are left to the garbage collector.</remarks>
internal sealed class FramePool
{
    private const int SmallBytes = 4096;
    private const int MaxSmall = 256;
    private const int MaxLarge = 64;

    private readonly Lock _gate = new();
    private readonly Stack<ReceivedFrame> _small = new(MaxSmall);
    private readonly Stack<ReceivedFrame> _large = new(MaxLarge);

    public static FramePool Shared { get; } = new();

    /// <summary>Frames that are kept now.</summary>
    public int Kept
    {
        get
        {
            lock (_gate) return _small.Count + _large.Count;
        }
    }

    /// <summary>A frame of exactly this length, with undefined content.</summary>
    public ReceivedFrame Rent(int bytes)
    {
        var isSmall = bytes <= SmallBytes;
        ReceivedFrame? frame;
        lock (_gate) (isSmall ? _small : _large).TryPop(out frame);
        frame ??= new ReceivedFrame(this, isSmall ? SmallBytes : FrameLimits.MaxBytes);
        frame.Open(bytes);
        return frame;
    }

    public void Return(ReceivedFrame frame)
    {
        var isSmall = frame.Capacity == SmallBytes;
        var kept = isSmall ? _small : _large;
        lock (_gate)
        {
            if (kept.Count < (isSmall ? MaxSmall : MaxLarge)) kept.Push(frame);
        }
    }
}
