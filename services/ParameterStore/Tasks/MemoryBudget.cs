using Microsoft.Extensions.Options;

namespace Cluster.ParameterStore.Tasks;

/// <summary>What the models of this process may take together. Thread safe.</summary>
internal sealed class MemoryBudget(IOptions<ParameterStoreOptions> options, ParameterStoreMetrics metrics)
{
    private readonly Lock _gate = new();

    public long Limit { get; } = options.Value.MemoryBytes > 0
        ? options.Value.MemoryBytes
        : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    public long Used { get; private set; }

    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (bytes > Limit - Used) return false;
            Used += bytes;
        }

        metrics.Reserved(bytes);
        return true;
    }

    public void Release(long bytes)
    {
        lock (_gate) Used -= bytes;
        metrics.Reserved(-bytes);
    }
}
