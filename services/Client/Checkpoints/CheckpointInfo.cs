using System.Text.Json;

namespace Cluster.Client.Checkpoints;

/// <summary>A state of a trained model that a cluster keeps.</summary>
public sealed record CheckpointInfo
{
    /// <summary><c>JOB@CLOCK</c>, or its name.</summary>
    public required string Id { get; init; }

    /// <summary>The job that computed it; of a named one, where it comes from.</summary>
    public required string Origin { get; init; }

    /// <summary>Whether it stays under a name until it is removed.</summary>
    public required bool IsNamed { get; init; }

    /// <summary>Clock of all lanes: the steps that it contains.</summary>
    public required long Clock { get; init; }

    /// <summary>Passes over the data that it contains.</summary>
    public required double Epochs { get; init; }

    /// <summary>Examples contributed up to it.</summary>
    public required long Examples { get; init; }

    public required DateTimeOffset CommittedAt { get; init; }

    /// <summary>Null where it stays for as long as nobody removes it, or its job runs.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Bytes of parameters and optimizer slots.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the parameters as float32 little-endian in layout order; empty in lists for large models.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The training spec, as JSON.</summary>
    public required JsonElement Spec { get; init; }

    /// <summary>Names of the features that the model was trained on; none for the example.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>By name, where the job evaluated at this clock.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Whether it is the best of its job's evaluated commits; of a named one, whether it was when it was kept.</summary>
    public bool IsBest { get; init; }

    /// <summary>Values that the optimizer keeps beside each parameter; 0 also for a file that had none.</summary>
    public required int Slots { get; init; }
}
