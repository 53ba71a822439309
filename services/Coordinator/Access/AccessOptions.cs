using Cluster.ServiceDefaults.Hosting;

namespace Cluster.Coordinator.Access;

/// <summary>What callers may ask of a coordinator, section <c>Coordinator</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Jobs that one key may submit from one address within a minute; 0 to 1,000,000, default 6,000, 0: any number.</summary>
    [Within(0, 1_000_000)]
    public int SubmissionsPerMinute { get; set; } = 6_000;

    /// <summary>Jobs that may be pending or running at the same time; 1 to 1,000,000, default 10,000.</summary>
    [Within(1, 1_000_000)]
    public int OpenJobs { get; set; } = 10_000;

    /// <summary>Most bytes of one message to the coordinator; 1,048,576 (1 MiB) to 268,435,456 (256 MiB), default 4 MiB.</summary>
    [Within(1 << 20, 256 << 20)]
    public int MessageMaxBytes { get; set; } = 4 << 20;
}
