using Cluster.ParameterStore.Snapshots;

namespace Cluster.ParameterStore.Models;

/// <summary>What the models of a process share.</summary>
internal sealed record ModelContext(RedisSnapshots Snapshots, ParameterStoreMetrics Metrics, TimeProvider Time, ILogger<ModelLoop> Logger);
