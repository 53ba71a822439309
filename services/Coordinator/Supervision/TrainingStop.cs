using Cluster.Coordinator.Planning;
using Cluster.Protocol.Commits;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Supervision;

/// <summary>The end of a training job by its time limit or because somebody cancels it: no segment begins any more, and the commit at the end of the open one
/// is the last. Owned by one runner.</summary>
internal sealed class TrainingStop(TrainingJob training, StoreView stores, RedisTraining records, TimeProvider time)
{
    // A segment that does not end, for want of workers, does not hold up the end for longer.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Whether the job is to end with the next commit.</summary>
    public bool IsAsked(JobRecord job, TrainingRecord record) => record.CancelReason.Length > 0 || Left(job) <= TimeSpan.Zero;

    /// <summary>No segment begins here or later; the first one always may.</summary>
    public long ClockLimit(JobRecord job, TrainingRecord record) => IsAsked(job, record) ? 1 : long.MaxValue;

    /// <summary>Ends the training where that is asked for and the open segment is committed.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more.</exception>
    public async Task EnforceAsync(JobRecord job, TrainingRecord record)
    {
        if (!IsAsked(job, record) || record.Protocol is not { End: null, Manifest: { } manifest } || record.ToEvaluate.Count > 0) return;
        if (!IsAtRest(manifest) && Left(job) > -Grace) return;
        var isEvaluated = training.Spec is { EvaluateSteps: > 0 } or { EvaluateEpochs: > 0 } && record.Evaluated?.Last.Clock != manifest.Clock;
        var reason = record.CancelReason.Length > 0
            ? record.CancelReason
            : $"time limit of {training.Spec.MaxSeconds} s reached at step {manifest.Clock}: what it ends with depends on speed";
        if (await records.EndAsync(job.Id, training.Owner, manifest.Id, reason, isEvaluated) == TrainingAnswer.Fenced)
            throw new JobMovedException("fenced");
    }

    private TimeSpan Left(JobRecord job) => training.Spec.MaxSeconds == 0 || job.Started is not { } started
        ? TimeSpan.MaxValue
        : started + TimeSpan.FromSeconds(training.Spec.MaxSeconds) - time.GetUtcNow();

    private bool IsAtRest(CommitManifest manifest) => stores.Reports.All(
        report => report is { Phase: V1.Phase.Serving, Segment: { } segment } && segment.To == manifest.Clock);
}
