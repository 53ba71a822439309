using Cluster.Persistence.Snapshots;

namespace Cluster.ParameterStore.Models;

/// <summary>What the models of a process share.</summary>
internal sealed record ModelContext(SnapshotReader Reader, SnapshotWriter Writer, ParameterStoreMetrics Metrics, TimeProvider Time, ILogger<ModelLoop> Logger);
