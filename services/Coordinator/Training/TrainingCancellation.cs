using Cluster.Coordinator.Jobs;
using Cluster.Persistence.Training;
using JobRecord = Cluster.Coordinator.Jobs.JobRecord;

namespace Cluster.Coordinator.Training;

/// <summary>Cancels a training job that gets on so that it commits and evaluates what it has first; one that does not in time is cancelled as it is.</summary>
internal sealed class TrainingCancellation(RedisTraining records, RedisJobs jobs, JobFeeds feeds, TimeProvider time)
{
    // The open segment is cut, committed and evaluated; the call of the one who cancels waits meanwhile.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // What that takes of Redis, one after the other, with room: each as long as the mark's was.
    private const int RoundTrips = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks the job's runner to end it and waits for that.</summary>
    /// <returns>The job now; the caller cancels it where it has not ended.</returns>
    public async Task<JobRecord> RunAsync(JobRecord job, string owner, string reason, CancellationToken cancellationToken)
    {
        // What waits for something, or has not begun, has nothing to commit.
        if (!feeds.TryGet(job.Id, out JobFeed? feed) || feed.Latest is not { Done: > 0 } latest || latest is { WaitingFor.Length: > 0, WaitsForItsTurn: false }) return job;
        long asked = time.GetTimestamp();
        if (await records.CancelAsync(job.Id, owner, reason) != TrainingAnswer.Done) return job;
        TimeSpan limit = Limit + (RoundTrips * time.GetElapsedTime(asked));
        while (!job.HasEnded && time.GetElapsedTime(asked) < limit)
        {
            await Task.Delay(Pause, time, cancellationToken);
            job = await jobs.ReadAsync(job.Id) ?? job;
        }

        return job;
    }
}
