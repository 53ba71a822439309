using Cluster.Coordinator.Jobs;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;

namespace Cluster.Coordinator.Supervision;

/// <summary>Cancels a training job that gets on so that it commits and evaluates what it has first; one that does not in time is cancelled as it is.</summary>
internal sealed class TrainingCancellation(RedisTraining records, RedisJobs jobs, JobFeeds feeds, TimeProvider time)
{
    // Segments take a second or two; the call of the one who cancels waits meanwhile. What the call itself asks of Redis is a part of it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private const int RoundTripsToCancel = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks the job's runner to end it and waits for that.</summary>
    /// <returns>The job now; the caller cancels it where it has not ended.</returns>
    public async Task<JobRecord> RunAsync(JobRecord job, string owner, string reason, CancellationToken cancellationToken)
    {
        // What waits for something, or has not begun, has nothing to commit.
        if (!feeds.TryGet(job.Id, out var feed) || feed.Latest is not { Done: > 0 } latest || latest is { WaitingFor.Length: > 0, WaitsForItsTurn: false })
            return job;
        var began = time.GetTimestamp();
        if (await records.CancelAsync(job.Id, owner, reason) != TrainingAnswer.Done) return job;
        var limit = Limit - RoundTripsToCancel * time.GetElapsedTime(began);
        while (!job.HasEnded && time.GetElapsedTime(began) < limit)
        {
            await Task.Delay(Pause, time, cancellationToken);
            job = await jobs.ReadAsync(job.Id) ?? job;
        }

        return job;
    }
}
