namespace Cluster.Client.Tasks;

/// <summary>A task of the cluster: one process in a role.</summary>
public sealed record ClusterTask
{
    /// <summary>TensorFlow's job name: <c>worker</c>, <c>ps</c> or <c>chief</c>.</summary>
    public required string JobName { get; init; }

    public required int Index { get; init; }

    public required string Address { get; init; }

    /// <summary>Identity of this incarnation: <c>counter.random</c>.</summary>
    public required string Incarnation { get; init; }

    /// <summary>Name of the process's replica, stable over restarts.</summary>
    public required string Instance { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public required IReadOnlyList<ClusterDevice> Devices { get; init; }

    /// <summary><c>/job:worker/task:0</c>.</summary>
    public string Name => $"/job:{JobName}/task:{Index}";
}

/// <summary>A device of a task.</summary>
/// <param name="Name">Full name: <c>/job:worker/replica:0/task:1/device:CPU:0</c>.</param>
/// <param name="Description">Model, cores, vector width.</param>
/// <param name="Doing">What it is doing; empty when idle.</param>
public sealed record ClusterDevice(string Name, string Description, string Doing);
