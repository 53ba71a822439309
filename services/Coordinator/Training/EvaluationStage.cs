using Cluster.Contracts.Messages;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Parameters;
using JobRecord = Cluster.Coordinator.Jobs.JobRecord;

namespace Cluster.Coordinator.Training;

/// <summary>The end of a training job: everything is committed, and a worker computes the result from it. Owned by one runner.</summary>
internal sealed class EvaluationStage(TrainingContext context)
{
    private const int MaxFailures = 3;

    private TimeSpan _patience = context.Options.Value.RangePatience;
    private long? _sentAt;
    private int _failures;

    /// <summary>Sends the evaluation to a worker, again when none has done it in time.</summary>
    public async Task SendAsync(JobRecord job, CommitManifest manifest, Generation generation, string queue, CancellationToken cancellationToken)
    {
        if (_sentAt is { } at)
        {
            if (context.Time.GetElapsedTime(at) < _patience) return;
            _patience *= 2;
        }

        var item = new EvaluateModel { JobId = job.Id, Generation = generation, Clock = manifest.Clock };
        if (await context.Publisher.SendAsync(job, queue, item, cancellationToken)) _sentAt = context.Time.GetTimestamp();
    }

    /// <summary>A worker could not evaluate; true when it has been tried often enough.</summary>
    public bool GivesUp(string error, string jobId)
    {
        _sentAt = null;
        _failures++;
        TrainingLog.EvaluationFailed(context.Logger, jobId, _failures, MaxFailures, error);
        return _failures >= MaxFailures;
    }
}
