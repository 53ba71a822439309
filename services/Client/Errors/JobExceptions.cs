namespace Cluster.Client.Errors;

/// <summary>A job ended in failure.</summary>
/// <param name="jobId">The job.</param>
/// <param name="reason">What the coordinator recorded as its error, one line.</param>
public sealed class JobFailedException(string jobId, string reason) : ClusterException($"job {jobId} failed: {reason}")
{
    public string JobId { get; } = jobId;

    /// <summary>The job's error, one line.</summary>
    public string Reason { get; } = reason;
}

/// <summary>A job was cancelled, by whomever, before it had a result.</summary>
/// <param name="jobId">The job.</param>
/// <param name="reason">What was given as the reason; may be empty.</param>
public sealed class JobCancelledException(string jobId, string reason)
    : ClusterException(reason.Length == 0 ? $"job {jobId} was cancelled" : $"job {jobId} was cancelled: {reason}")
{
    public string JobId { get; } = jobId;

    public string Reason { get; } = reason;
}

/// <summary>The cluster knows no job of this id.</summary>
public sealed class JobNotFoundException(string jobId, Exception? innerException = null)
    : ClusterException($"there is no job {jobId}", innerException)
{
    public string JobId { get; } = jobId;
}

/// <summary>
/// The caller's token was cancelled while its job ran; the job goes on, and <see cref="ClusterClient.WatchAsync"/> or
/// <see cref="ClusterClient.WaitAsync"/> attach to it again.
/// </summary>
public sealed class JobDetachedException(string jobId, CancellationToken token)
    : OperationCanceledException($"detached from job {jobId}, which goes on", token)
{
    public string JobId { get; } = jobId;
}
