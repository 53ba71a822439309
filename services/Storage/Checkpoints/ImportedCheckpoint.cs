using Cluster.Protocol.Plans;

namespace Cluster.Storage.Checkpoints;

/// <summary>What a file says of the checkpoint in it.</summary>
public sealed record ImportedCheckpoint
{
    /// <summary>The plan, with one range for all parameters, and with as many slots as the file has.</summary>
    public required TrainingPlan Plan { get; init; }

    public required long Clock { get; init; }

    public required long Examples { get; init; }

    /// <summary>Of the parameters; empty where the file does not say.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>SHA-256 of the data; empty where the file does not say.</summary>
    public required string DataHash { get; init; }

    /// <summary>In the order of the file's data.</summary>
    public required IReadOnlyList<TensorPlace> Placement { get; init; }
}
