using Cluster.Storage.Snapshots;

namespace Cluster.ParameterStore.Shards;

/// <summary>What the shards of a process share.</summary>
internal sealed record ShardContext(SnapshotReader Reader, SnapshotWriter Writer, ParameterStoreMetrics Metrics, TimeProvider Time, ILogger<ShardLoop> Logger);
