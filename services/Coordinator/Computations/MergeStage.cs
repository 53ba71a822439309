using Cluster.Coordinator.Jobs;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Computations;

/// <summary>The end of a computation: every range is recorded, and a worker folds them into the result. Owned by one runner.</summary>
internal sealed class MergeStage(string jobId, string owner, ComputationPlan plan, JobTrace trace, RunnerContext context)
{
    private readonly LastItem _item = new(context.Options.Value.RangePatience, context.Time);

    /// <summary>Sends the merge to a worker, again when none has done it in time. Ranges found missing are opened first.</summary>
    public async Task SendAsync(JobRecord job, string queue, CancellationToken cancellationToken)
    {
        if (!_item.IsDue()) return;
        if (await context.Ranges.ReopenGapsAsync(jobId, owner, [.. plan.Parts.Select(part => part.Grains)]) > 0) throw new JobMovedException("gaps");
        using var span = trace.BeginOnce("merge publish");
        if (!await context.Publisher.PublishMergeAsync(job, plan, queue, cancellationToken)) return;
        _item.Sent();
        context.Metrics.Published(1);
    }

    /// <summary>A worker could not merge; true when it has been tried often enough.</summary>
    public bool GivesUp(string error)
    {
        _item.Failed();
        JobLog.MergeFailed(context.Logger, jobId, _item.Failures, LastItem.MaxFailures, error);
        return _item.HasFailedForGood;
    }
}
