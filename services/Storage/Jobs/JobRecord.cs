using System.Collections.Frozen;
using Cluster.Contracts.Jobs.V1;
using Cluster.Protocol.Segments;

namespace Cluster.Storage.Jobs;

/// <summary>A job as Redis holds it.</summary>
public sealed record JobRecord
{
    public required string Id { get; init; }

    /// <summary>What was submitted: see <see cref="Contracts.Jobs.JobKinds"/>.</summary>
    public required string Kind { get; init; }

    public required JobState State { get; init; }

    /// <summary>The spec as it was validated, JSON.</summary>
    public required string Spec { get; init; }

    public required Generation Generation { get; init; }

    /// <summary>The key that it was submitted with.</summary>
    public string IdempotencyKey { get; init; } = "";

    public required DateTimeOffset Submitted { get; init; }

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>Trace context of the submission, W3C; empty where there was none.</summary>
    public string Trace { get; init; } = "";

    /// <summary>Number of a part of the space → grains up to which it is cut into ranges; a part that is missing is not cut.</summary>
    public IReadOnlyDictionary<int, long> Cuts { get; init; } = FrozenDictionary<int, long>.Empty;

    /// <summary>Grains recorded so far; of a training job, clocks committed.</summary>
    public long Done { get; init; }

    /// <summary>Clocks of a training job in all, as they are planned, wherever it ends; 0 before its plan is made.</summary>
    public long Total { get; init; }

    /// <summary>Ranges recorded so far.</summary>
    public long Ranges { get; init; }

    /// <summary>Ranges that a worker took over from one that had begun and not finished them.</summary>
    public long TakenOver { get; init; }

    /// <summary>Chiefs that have run the job.</summary>
    public long Chiefs { get; init; }

    /// <summary>Ranges published again.</summary>
    public long Republished { get; init; }

    /// <summary>Ranges that a worker reported as failed.</summary>
    public long Failed { get; init; }

    /// <summary>Full name of the device that recorded the last range; empty before the first.</summary>
    public string Device { get; init; } = "";

    /// <summary>Result, JSON; empty until there is one.</summary>
    public string Result { get; init; } = "";

    public string Error { get; init; } = "";

    public bool HasEnded => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;
}
