using Cluster.Protocol.Commits;
using Cluster.Protocol.Plans;

namespace Cluster.Storage.Checkpoints;

/// <summary>A checkpoint in Redis: what was trained, and its state at a clock.</summary>
public sealed record StoredCheckpoint
{
    /// <summary><c>JOB@CLOCK</c>, or a name.</summary>
    public required string Id { get; init; }

    /// <summary>The plan by which it was computed.</summary>
    public required TrainingPlan Plan { get; init; }

    public required Checkpoint State { get; init; }

    /// <summary>Where a named one comes from: <c>JOB@CLOCK</c>, or the name of a file; empty for a job's own.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The key of the call that made a named one; empty for none.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>Of the parameters: SHA-256 as float32 little-endian in layout order; empty where nobody has computed it.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>What its job's evaluation at this clock came to, by name of the metric; empty where there was none.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether it is the best of its job's evaluated commits so far.</summary>
    public bool IsBest { get; init; }

    /// <summary>Whether it is kept under a name until somebody removes it.</summary>
    public bool IsNamed => Origin.Length > 0;

    /// <summary>The job or name whose keys hold the state.</summary>
    public string Owner => State.Snapshots[0].Job;

    /// <summary>Bytes of parameters and slots.</summary>
    public long Bytes => (1L + Plan.Slots) * Plan.Parameters * sizeof(float);

    /// <summary>Passes over the data that the state contains.</summary>
    public double Epochs => State.Clock / (double)Plan.Schedule().StepsPerEpoch;
}
