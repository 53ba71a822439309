using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Cluster.ServiceDefaults.Hosting;

namespace Cluster.Worker;

/// <summary>Settings of a worker, section <c>Worker</c>.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    private const string AllGpus = "all";
    private const string NoGpu = "none";
    private const string OneGpu = "one";

    /// <summary>Cores that the CPU device uses for one item, 1 to 1024; 0, the default, means all of the machine.</summary>
    [Within(0, 1024)]
    public int Cores { get; set; }

    /// <summary>
    /// GPUs that this worker uses: <c>all</c>, the default, <c>none</c>, <c>one</c> that no other worker has claimed, or their numbers as
    /// the driver counts, at most 64: <c>0,2</c>.
    /// </summary>
    [GpuChoice]
    public string Gpus { get; set; } = AllGpus;

    /// <summary>Address under which others reach this worker; the default is what it listens on.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>Bytes of data sets that training keeps in memory; 0, the default, means a quarter of the memory there is.</summary>
    [Range(0, long.MaxValue)]
    public long DataCacheBytes { get; set; }

    /// <summary>
    /// How long one range of a computation may take before it has failed, 1 s to 20 min; default 10 min. The worker that has it
    /// stops where the computation does not end when its token is cancelled.
    /// </summary>
    /// <remarks>Below RabbitMQ's consumer timeout of half an hour, after which a consumer does not come back.</remarks>
    [Within("00:00:01", "00:20:00")]
    public TimeSpan RangeTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a lane may take for one step of a training, or an evaluation for one of its parts, before it has failed, 1 s to
    /// 20 min; default 10 min. The worker that has it stops where it does not end.
    /// </summary>
    /// <remarks>As for <see cref="RangeTimeout"/>.</remarks>
    [Within("00:00:01", "00:20:00")]
    public TimeSpan BatchTimeout { get; set; } = TimeSpan.FromMinutes(10);

    internal bool UsesNoGpu => Gpus == NoGpu;

    internal bool ClaimsOneGpu => Gpus == OneGpu;

    /// <summary>Numbers of the GPUs to use, each once; null for all.</summary>
    internal IReadOnlyList<int>? GpuIndices => Gpus is AllGpus or NoGpu or OneGpu
        ? null
        : [.. Gpus.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).Distinct()];

    internal int CoresOrAll => Cores == 0 ? Environment.ProcessorCount : Cores;

    internal long DataCacheBytesOrDefault => DataCacheBytes == 0 ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 : DataCacheBytes;
}
