using Cluster.ServiceDefaults.Hosting;

namespace Cluster.Coordinator;

/// <summary>Settings of the coordinator, section <c>Coordinator</c>.</summary>
public sealed class CoordinatorOptions
{
    public const string Section = "Coordinator";

    /// <summary>How long a job waits for a device that its device spec names before it fails; 1 s to 1 h, default 30 s.</summary>
    [Within("00:00:01", "01:00:00")]
    public TimeSpan PlacementTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time a range should take on a device; 10 ms to 60 s, default 300 ms.</summary>
    [Within("00:00:00.010", "00:01:00")]
    public TimeSpan RangeDuration { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a published range may stay unclaimed, or claimed without a result, before it is published again; 1 s to 1 h, default 15 s.
    /// Doubles each time.</summary>
    [Within("00:00:01", "01:00:00")]
    public TimeSpan RangePatience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Work that a segment of a training job should hold at least; 10 ms to 60 s, default 1.5 s.</summary>
    [Within("00:00:00.010", "00:01:00")]
    public TimeSpan SegmentDuration { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Work beyond which a segment does not grow for the sake of slow commits, since up to two segments are done again after a fault; 10 ms to 10 min,
    /// default 30 s. Where it is less than <see cref="SegmentDuration"/>, segments do not grow.</summary>
    [Within("00:00:00.010", "00:10:00")]
    public TimeSpan LongestSegment { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a lane of a training job may stand still before its work is published again; 100 ms to 10 min, default 10 s.</summary>
    [Within("00:00:00.100", "00:10:00")]
    public TimeSpan LaneGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the record of an ended job is kept, and with it its last commit and its checkpoints; 1 min to 1 year, default 7 days.</summary>
    [Within("00:01:00", "365.00:00:00")]
    public TimeSpan JobRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes of a file that is loaded as a data set; 1 to 68,719,476,736 (64 GiB), default 4 GiB.</summary>
    [Within(1L, 64L << 30)]
    public long DataMaxBytes { get; set; } = 4L << 30;

    /// <summary>Most bytes of a file that is imported as a checkpoint; 8 to 1,099,511,627,776 (1 TiB), default 16 GiB.</summary>
    [Within(8L, 1L << 40)]
    public long CheckpointMaxBytes { get; set; } = 16L << 30;

    /// <summary>How long a data set is kept after it was loaded or last used; 1 min to 1 year, default 7 days.</summary>
    [Within("00:01:00", "365.00:00:00")]
    public TimeSpan DataRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Whether to work with a Redis that may lose what it is given, or of which that cannot be seen, and only say so; default false: nothing
    /// new is accepted then.
    /// </summary>
    public bool AcceptUnsafeRedis { get; set; }

    /// <summary>Address under which others reach this coordinator; the default is what it listens on.</summary>
    public string? AdvertisedAddress { get; set; }
}
