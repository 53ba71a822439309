using Cluster.Compute.Computations;
using Cluster.Contracts.Messages;
using Cluster.Coordinator.Jobs;
using Cluster.ServiceDefaults.Registry;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// Cuts, publishes and publishes again the ranges of one job. At most <see cref="RangesPerSlot"/> ranges a device slot are
/// out, so that a huge job does not stand before another's items. Owned by the job's runner; no locks.
/// </summary>
internal sealed class RangeDispatcher(string jobId, string owner, ComputationPlan plan, RunnerContext context)
{
    private const int RangesPerSlot = 2;

    private readonly RangeSizer _sizer = new(context.Options.Value.RangeDuration);

    public RangeBook Book { get; } = new(plan.Space.GrainCount, context.Options.Value.RangePatience);

    public PlacementWatch Placement { get; } = new(plan, context.Options.Value.PlacementTimeout, context.Time);

    /// <summary>Reads what Redis knows, and recalls ranges whose worker is gone or that stand still.</summary>
    public async Task ReconcileAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var workers = await context.Tasks.WorkersAsync(cancellationToken);
        var claims = await context.Ranges.ClaimsAsync(jobId);
        Book.Load(job, await context.Ranges.ItemsAsync(jobId));
        if (Placement.Update(workers)) JobLog.Waits(context.Logger, jobId, Placement.WaitingFor);

        var recalled = Book.Outstanding.Count(range => Recall(range, claims.GetValueOrDefault(range.Range.From, ""), workers));
        if (recalled > 0) await context.Ranges.CountAsync(jobId, owner, "republished", recalled);
    }

    /// <summary>A worker recorded a range.</summary>
    public void Recorded(RangeComputed told)
    {
        if (Book.Recorded(new GrainRange(told.From, told.To))) _sizer.Observe(told.To - told.From, told.Seconds);
    }

    /// <summary>Writes new ranges while there is room, and publishes whatever is not out.</summary>
    public async Task DispatchAsync(JobRecord job, CancellationToken cancellationToken)
    {
        if (Placement.Current is not { } placement) return;
        await CutAsync(placement);
        var unpublished = Book.Outstanding.Where(range => !range.IsPublished).ToList();
        if (unpublished.Count == 0) return;

        using var activity = JobTracing.Start("ranges publish", job, context.Time);
        await Task.WhenAll(unpublished.Select(range => PublishAsync(job, range, placement.Queue, cancellationToken)));
    }

    // Written before they are published: a range that nobody heard of is published again, never lost.
    private async Task CutAsync(Placement placement)
    {
        var next = Book.Cut;
        var room = (placement.Slots * RangesPerSlot) - Book.OutstandingCount;
        var ranges = new List<GrainRange>();
        for (; room > 0 && next < plan.Space.GrainCount; room--)
        {
            var size = _sizer.Next(plan.Space.GrainCount - next, placement.Slots);
            ranges.Add(new GrainRange(next, next + size));
            next += size;
        }

        if (ranges.Count == 0) return;
        await context.Ranges.CutAsync(jobId, owner, Book.Cut, ranges);
        Book.Add(ranges);
    }

    private async Task PublishAsync(JobRecord job, OutstandingRange range, string queue, CancellationToken cancellationToken)
    {
        if (!await context.Publisher.PublishAsync(job, plan, range.Range, queue, cancellationToken)) return;
        range.Published(context.Time.GetTimestamp());
        context.Metrics.Published(1);
    }

    private bool Recall(OutstandingRange range, string claimant, IReadOnlyList<RegisteredTask> workers)
    {
        if (!range.IsPublished) return false;
        // A claimant seen for the first time may be younger than the list of workers.
        var lost = claimant.Length > 0 && claimant == range.Claimant && !workers.Any(w => w.Incarnation == claimant);
        range.ClaimedBy(claimant, context.Time.GetTimestamp());
        if (!lost && !range.LosesPatience(context.Time)) return false;

        var reason = lost ? "its worker is gone" : claimant.Length > 0 ? "its worker does not finish it" : "nobody took it";
        JobLog.Republished(context.Logger, jobId, range.Range.From, range.Range.To, reason);
        context.Metrics.Republished(reason);
        range.Recall();
        return true;
    }
}
