using Cluster.Contracts.Messages;
using Cluster.Coordinator.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Parameters;
using JobRecord = Cluster.Coordinator.Jobs.JobRecord;

namespace Cluster.Coordinator.Training;

/// <summary>The end of a training job: everything is committed, and a worker computes the result from it. Owned by one runner.</summary>
internal sealed class EvaluationStage(TrainingContext context)
{
    private readonly LastItem _item = new(context.Options.Value.RangePatience, context.Time);

    /// <summary>Sends the evaluation to a worker, again when none has done it in time.</summary>
    public async Task SendAsync(JobRecord job, CommitManifest manifest, Generation generation, string queue, CancellationToken cancellationToken)
    {
        if (!_item.IsDue()) return;
        var item = new EvaluateModel { JobId = job.Id, Generation = generation, Clock = manifest.Clock };
        if (await context.Publisher.SendAsync(job, queue, item, cancellationToken)) _item.Sent();
    }

    /// <summary>A worker could not evaluate; true when it has been tried often enough.</summary>
    public bool GivesUp(string error, string jobId)
    {
        _item.Failed();
        TrainingLog.EvaluationFailed(context.Logger, jobId, _item.Failures, LastItem.MaxFailures, error);
        return _item.HasFailedForGood;
    }
}
