using Cluster.Coordinator.Jobs;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Computations;

/// <summary>The end of a computation: every range is recorded, and a worker folds them into the result. Owned by one runner.</summary>
internal sealed class MergeStage(JobTerm term, ComputationPlan plan, JobTrace trace, WorkPublisher publisher, JobMetrics metrics,
    IOptions<CoordinatorOptions> options, TimeProvider time, ILogger<MergeStage> logger, RedisRanges ranges)
{
    private readonly LastItem _item = new(options.Value.RangePatience, time);

    /// <summary>Sends the merge to a worker, again when none has done it in time. Ranges found missing are opened first.</summary>
    public async Task SendAsync(JobRecord job, string queue, CancellationToken cancellationToken)
    {
        if (!_item.IsDue()) return;
        if (await ranges.ReopenGapsAsync(term.JobId, term.Owner, [.. plan.Parts.Select(part => part.Grains)]) > 0) throw new JobMovedException("gaps");
        using var span = trace.BeginOnce("merge publish");
        if (!await publisher.PublishMergeAsync(job, plan, queue, cancellationToken)) return;
        _item.Sent();
        metrics.Published(1);
    }

    /// <summary>A worker could not merge; true when it has been tried often enough.</summary>
    public bool GivesUp(string error)
    {
        _item.Failed();
        JobLog.MergeFailed(logger, term.JobId, _item.Failures, LastItem.MaxFailures, error);
        return _item.HasFailedForGood;
    }
}
