using Cluster.Client.Errors;

namespace Cluster.Client.Jobs;

/// <summary>Submits a job and stays with it to its end, or until the caller leaves.</summary>
internal sealed class JobRun(ClusterClient client, OnCancellation onCancellation, TimeSpan cancelTimeout)
{
    public async Task<JobInfo> RunAsync(
        Func<CancellationToken, Task<JobInfo>> submitAsync, Action<JobInfo>? report, CancellationToken cancellationToken)
    {
        // A submission cut short may have made a job whose id nobody knows; one that is to be cancelled must be known.
        var submission = onCancellation == OnCancellation.CancelJob ? CancellationToken.None : cancellationToken;
        var job = await submitAsync(submission).ConfigureAwait(false);
        try
        {
            job = await client.FollowAsync(job.Id, report, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (onCancellation == OnCancellation.Detach) throw new JobDetachedException(job.Id, cancellationToken);
            job = await CancelAsync(job.Id).ConfigureAwait(false);
            if (job.State == JobState.Cancelled) throw new OperationCanceledException($"job {job.Id} is cancelled", cancellationToken);
        }

        return job.EnsureSucceeded();
    }

    private async Task<JobInfo> CancelAsync(string jobId)
    {
        var job = await client.CancelAsync(jobId, "cancelled by its caller", CancellationToken.None).ConfigureAwait(false);
        if (job.State.IsEnd()) return job;

        using var limit = new CancellationTokenSource(cancelTimeout);
        try
        {
            return await client.FollowAsync(jobId, null, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new ClusterException($"job {jobId} was told to end and had not after {cancelTimeout.TotalSeconds:0.#} s; it may go on", e);
        }
    }
}
