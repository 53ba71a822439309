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

    /// <summary>Why a worker has no GPU, one line; empty where it has one.</summary>
    public string WithoutGpu { get; init; } = "";

    /// <summary>It is asked to leave: it hands back what it does and ends.</summary>
    public bool IsDraining { get; init; }

    /// <summary><c>/job:worker/task:0</c>.</summary>
    public string Name => $"/job:{JobName}/task:{Index}";
}

/// <summary>A device of a task.</summary>
/// <param name="Name">Full name: <c>/job:worker/replica:0/task:1/device:CPU:0</c>.</param>
/// <param name="Description">Of a CPU model, cores, vector width; of a GPU name, compute capability, driver version.</param>
/// <param name="Doing">What it is doing; empty when idle.</param>
public sealed record ClusterDevice(string Name, string Description, string Doing)
{
    /// <summary>Bytes that its kernels can use; 0 where that is not known.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Share of the last minute in which it ran an item, 0 to 1; of the time since its start while that is shorter.</summary>
    public double Load { get; init; }

    /// <summary>Why it takes no items now, one line; empty while it is healthy.</summary>
    public string Unhealthy { get; init; } = "";

    public bool IsHealthy => Unhealthy.Length == 0;
}
