using Cluster.ServiceDefaults.Hosting;

namespace Cluster.ParameterStore;

/// <summary>Settings of a ps process, section <c>ParameterStore</c>.</summary>
public sealed class ParameterStoreOptions
{
    public const string Section = "ParameterStore";

    /// <summary>Bytes that the shards of this process may take together; 0, the default, means half of the memory there is.</summary>
    [Within(0, long.MaxValue)]
    public long MemoryBytes { get; set; }

    /// <summary>How long a worker may leave a frame unread before its stream is cut, 100 ms to 10 min; default 10 s.</summary>
    [Within("00:00:00.100", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long Redis keeps a snapshot that no commit names, 1 min to 1 day; default 10 min.</summary>
    [Within("00:01:00", "1.00:00:00")]
    public TimeSpan SnapshotTimeToLive { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Address under which others reach this process; the default is what its gRPC listener is bound to.</summary>
    public string? AdvertisedAddress { get; set; }
}
