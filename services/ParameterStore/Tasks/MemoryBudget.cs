using Microsoft.Extensions.Options;

namespace Cluster.ParameterStore.Tasks;

/// <summary>What the shards of this process may take together. Thread safe.</summary>
internal sealed class MemoryBudget
{
    private readonly Lock _gate = new();
    private readonly ParameterStoreMetrics _metrics;

    public MemoryBudget(IOptions<ParameterStoreOptions> options, ParameterStoreMetrics metrics)
    {
        Limit = options.Value.MemoryBytes > 0 ? options.Value.MemoryBytes : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        _metrics = metrics;
        metrics.Limited(Limit);
    }

    public long Limit { get; }

    public long Used { get; private set; }

    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (bytes > Limit - Used) return false;
            Used += bytes;
        }

        _metrics.Reserved(bytes);
        return true;
    }

    public void Release(long bytes)
    {
        lock (_gate) Used -= bytes;
        _metrics.Reserved(-bytes);
    }
}
