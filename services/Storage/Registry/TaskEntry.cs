namespace Cluster.Storage.Registry;

/// <summary>What a task says of itself in the registry, beside its lease.</summary>
public sealed record TaskEntry
{
    /// <summary>Where it listens, as others reach it; host:port.</summary>
    public required string Address { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>It takes work: its queues are connected.</summary>
    public bool Ready { get; init; }

    /// <summary>It was asked to leave, and does.</summary>
    public bool Draining { get; init; }

    public IReadOnlyList<DeviceEntry> Devices { get; init; } = [];

    /// <summary>Names of the computations it can run, on a CPU at least.</summary>
    public IReadOnlyList<string> Computations { get; init; } = [];

    /// <summary>Those that it can run on a GPU too.</summary>
    public IReadOnlyList<string> GpuComputations { get; init; } = [];

    /// <summary>Why it has no GPU, one line; empty where it has one.</summary>
    public string WithoutGpu { get; init; } = "";

    /// <summary>Names of the models it can train, on a CPU at least.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Those that it can train on a GPU too.</summary>
    public IReadOnlyList<string> GpuModels { get; init; } = [];
}

/// <summary>A device of a task.</summary>
public sealed record DeviceEntry
{
    /// <summary>Name within the task: <c>/device:CPU:0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Of a CPU model, cores, vector width; of a GPU name, compute capability, driver version.</summary>
    public required string Description { get; init; }

    /// <summary>Bytes that its kernels can use; 0 where that is not known.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Why it takes no items now, one line; empty while it is healthy.</summary>
    public string Unhealthy { get; init; } = "";

    /// <summary>Share of the last minute in which it ran an item, 0 to 1.</summary>
    public double Load { get; init; }

    /// <summary>Item it runs now, empty when idle.</summary>
    public string Doing { get; init; } = "";
}
