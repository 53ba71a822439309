using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Tasks;
using Cluster.Protocol.Messages;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using Cluster.Storage.Registry;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// Cuts, publishes and publishes again the ranges of one job. At most <see cref="RangesPerSlot"/> ranges a device slot are
/// out, so that a huge job does not stand before another's items. Owned by the job's runner; no locks.
/// </summary>
internal sealed class RangeDispatcher(JobTerm term, ComputationPlan plan, JobTrace trace, WorkPublisher publisher, LiveTasks tasks, WorkerShares shares,
    JobMetrics metrics, IOptions<CoordinatorOptions> options, TimeProvider time, ILogger<RangeDispatcher> logger, RedisRanges ranges)
{
    private const int RangesPerSlot = 2;

    private readonly RangeSizer _sizer = new(options.Value.RangeDuration);

    public RangeBook Book { get; } = new(plan.Parts, options.Value.RangePatience);

    public PlacementWatch Placement { get; } = new(plan, options.Value.PlacementTimeout, time);

    /// <summary>What the job waits for, a turn on devices that work for others included; empty while it does not.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>Reads what Redis knows, and recalls ranges whose worker is gone or that stand still.</summary>
    public async Task ReconcileAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var workers = await tasks.WorkersAsync(cancellationToken);
        var claims = await ranges.ClaimsAsync(term.JobId);
        Book.Load(job, await ranges.ItemsAsync(term.JobId));
        if (Placement.Update(workers, Book.Wanted())) JobLog.Waits(logger, term.JobId, Placement.WaitingFor);
        var devices = Placement.Devices;
        shares.TakeTurns(term.JobId, devices);
        WaitingFor = Placement.WaitingFor.Length > 0 ? Placement.WaitingFor : Occupation.WaitingFor(term.JobId, devices, workers);

        var recalled = Book.Outstanding.Count(range => Recall(range, claims.GetValueOrDefault(range.Range.From, ""), workers));
        if (recalled > 0) await ranges.CountAsync(term.JobId, term.Owner, "republished", recalled);
    }

    /// <summary>A worker recorded a range.</summary>
    public void Recorded(RangeComputed told)
    {
        if (Book.Recorded(new GrainRange(told.From, told.To))) _sizer.Observe(told.Device, told.To - told.From, told.Seconds);
    }

    /// <summary>Writes new ranges while there is room, and publishes whatever is not out.</summary>
    public async Task DispatchAsync(JobRecord job, CancellationToken cancellationToken)
    {
        foreach (var device in plan.Parts.Select(part => part.Device).Distinct())
        {
            if (Placement.For(device) is { } placement) await CutAsync(device, placement.Targets);
        }

        var unpublished = Book.Outstanding.Where(range => !range.IsPublished && Aim(range)).ToList();
        if (unpublished.Count == 0) return;

        using var span = trace.BeginStretch("ranges publish");
        trace.Sent(unpublished.Count);
        await Task.WhenAll(unpublished.Select(range => PublishAsync(job, range, range.Target!.Value, cancellationToken)));
    }

    private async Task CutAsync(DeviceSpec device, IReadOnlyList<PlacementTarget> targets)
    {
        foreach (var target in targets)
        {
            var room = Room(target);
            foreach (var part in plan.Parts.Where(part => part.Device == device && Book.Remaining(part) > 0))
            {
                if (room > 0) room -= await CutAsync(part, target, targets, room);
            }
        }
    }

    // Written before they are published: a range that nobody heard of is published again, never lost.
    private async Task<int> CutAsync(PlacedGrains part, PlacementTarget target, IReadOnlyList<PlacementTarget> targets, int room)
    {
        var cut = Book.Cut(part);
        var next = new List<GrainRange>();
        while (next.Count < room && cut < part.To)
        {
            var size = _sizer.Next(target, targets, part.To - cut);
            next.Add(new GrainRange(cut, cut + size));
            cut += size;
        }

        await ranges.CutAsync(term.JobId, term.Owner, part.Number, part.From, Book.Cut(part), next);
        Book.Add(part, target.Key, next);
        return next.Count;
    }

    private int Room(PlacementTarget target) => (target.Slots * RangesPerSlot) - Book.Outstanding.Count(range => range.Target == target.Key);

    // What was read from Redis goes nowhere yet, and what went to devices that are gone goes elsewhere.
    private bool Aim(OutstandingRange range)
    {
        if (Placement.For(range.Device) is not { Targets: var targets }) return false;
        if (targets.All(target => target.Key != range.Target)) range.Target = (targets.FirstOrDefault(target => Room(target) > 0) ?? targets.MaxBy(Room)!).Key;
        return true;
    }

    private async Task PublishAsync(JobRecord job, OutstandingRange range, PlacementKey target, CancellationToken cancellationToken)
    {
        if (!await publisher.PublishAsync(job, plan, range.Range, target, cancellationToken)) return;
        range.Published(time.GetTimestamp());
        metrics.Published(1);
    }

    private bool Recall(OutstandingRange range, string claimant, IReadOnlyList<RegisteredTask> workers)
    {
        if (!range.IsPublished) return false;
        var isWithoutDevice = claimant.Length == 0 && Placement.For(range.Device) is { } placement && placement.Targets.All(t => t.Key != range.Target);
        // A claimant seen for the first time may be younger than the list of workers.
        var lost = claimant.Length > 0 && claimant == range.Claimant && !workers.Any(w => w.Incarnation == claimant);
        range.ClaimedBy(claimant, time.GetTimestamp());
        if (!lost && !isWithoutDevice && !range.LosesPatience(time)) return false;

        var reason = lost ? "its worker is gone" : isWithoutDevice ? "its devices are gone" : claimant.Length > 0 ? "its worker does not finish it"
            : "nobody took it";
        JobLog.Republished(logger, term.JobId, range.Range.From, range.Range.To, reason);
        metrics.Republished(reason);
        range.Recall();
        return true;
    }
}
