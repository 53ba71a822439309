namespace Cluster.ServiceDefaults.Registry;

/// <summary>What a task says of itself in the registry, beside its lease.</summary>
public sealed record TaskEntry
{
    /// <summary>Where it listens, as others reach it; host:port.</summary>
    public required string Address { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>It takes work: its queues are connected.</summary>
    public bool Ready { get; init; }

    public IReadOnlyList<DeviceEntry> Devices { get; init; } = [];

    /// <summary>Names of the computations it can run.</summary>
    public IReadOnlyList<string> Computations { get; init; } = [];

    /// <summary>Names of the models it can train.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}

/// <summary>A device of a task.</summary>
public sealed record DeviceEntry
{
    /// <summary>Name within the task: <c>/device:CPU:0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Model, cores, vector width.</summary>
    public required string Description { get; init; }

    /// <summary>Item it runs now, empty when idle.</summary>
    public string Doing { get; init; } = "";
}
