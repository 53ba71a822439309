namespace Cluster.Client.Jobs;

/// <summary>What a cancelled token means for the job that a Run call started.</summary>
public enum OnCancellation
{
    /// <summary>The job goes on; the call throws <see cref="Errors.JobDetachedException"/>, which names it.</summary>
    Detach,

    /// <summary>
    /// The job is cancelled, and the call ends after the coordinator confirmed that: with
    /// <see cref="OperationCanceledException"/>, or with the result if the job was faster.
    /// </summary>
    CancelJob,
}
