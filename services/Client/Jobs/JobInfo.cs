using System.Text.Json;
using Cluster.Client.Errors;

namespace Cluster.Client.Jobs;

/// <summary>A job as the coordinator has it on record.</summary>
public sealed record JobInfo
{
    public required string Id { get; init; }

    /// <summary>What was submitted: <c>pi</c>, <c>computation</c>, <c>training</c>, or what a later cluster knows.</summary>
    public required string Kind { get; init; }

    public required JobState State { get; init; }

    /// <summary>The spec as it was accepted.</summary>
    public JsonElement? Spec { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Result of a job that succeeded.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why a job failed or was cancelled, one line; else empty.</summary>
    public string Error { get; init; } = "";

    public required JobProgress Progress { get; init; }

    /// <summary>Of a training job that has begun, else null.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>Incarnation of the job: <c>counter.random</c>.</summary>
    public string Generation { get; init; } = "";

    /// <summary>The key that it was submitted with; empty where the cluster does not say.</summary>
    public string SubmissionKey { get; init; } = "";

    /// <summary>Full name of the device that recorded the last item; empty before the first.</summary>
    public string Device { get; init; } = "";

    /// <summary>From start to end by the coordinator's clock; zero for a job that has not ended.</summary>
    public TimeSpan Elapsed => EndedAt - StartedAt is { } time && time > TimeSpan.Zero ? time : TimeSpan.Zero;

    /// <summary>Returns this job if it succeeded.</summary>
    /// <exception cref="JobFailedException">It failed.</exception>
    /// <exception cref="JobCancelledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public JobInfo EnsureSucceeded() => State switch
    {
        JobState.Succeeded => this,
        JobState.Failed => throw new JobFailedException(Id, Error),
        JobState.Cancelled => throw new JobCancelledException(Id, Error),
        _ => throw new InvalidOperationException($"job {Id} has not ended"),
    };
}
