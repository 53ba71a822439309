namespace Cluster.Client.Tasks;

/// <summary>A worker that was asked to leave.</summary>
/// <param name="Task">The worker, as it was when it was asked.</param>
/// <param name="WasDraining">It had been asked before.</param>
/// <param name="WorkersLeft">Workers that stay.</param>
public sealed record DrainedTask(ClusterTask Task, bool WasDraining, int WorkersLeft);
