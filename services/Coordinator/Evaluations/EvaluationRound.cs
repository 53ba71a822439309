using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Evaluation;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Evaluations;

/// <summary>One commit on its way through the workers: its items go out until each range is recorded, then the sums are added in the order of the rows.
/// Owned by one runner.</summary>
internal sealed class EvaluationRound
{
    /// <summary>Items out at once for each worker slot.</summary>
    private const int ItemsPerSlot = 2;

    private readonly JobTrace _trace;
    private readonly RedisTraining _records;
    private readonly WorkPublisher _publisher;
    private readonly JobMetrics _jobMetrics;
    private readonly IReadOnlyList<Metric> _metrics;
    private readonly EvaluateModel[] _items;
    private readonly LastItem[] _sending;
    private readonly EvaluatedRange?[] _ranges;

    public EvaluationRound(
        EvaluationTask task, TrainingPlan plan, JobTrace trace, RedisTraining records, WorkPublisher publisher, JobMetrics jobMetrics,
        IOptions<CoordinatorOptions> options, TimeProvider time)
    {
        var (jobId, manifest, sets, withParameters) = task;
        (_trace, _records, _publisher, _jobMetrics, _metrics, Commit) = (trace, records, publisher, jobMetrics, plan.Metrics, manifest);
        _items = [.. from set in sets
            from range in EvaluationRanges.Of(plan.RowsOf(set))
            select new EvaluateModel
            {
                JobId = jobId,
                Generation = manifest.Generation,
                Clock = manifest.Clock,
                Set = set,
                From = range.From,
                To = range.To,
                WithParameters = withParameters && range.From == 0,
            }];
        _ranges = new EvaluatedRange?[_items.Length];
        _sending = [.. _items.Select(_ => new LastItem(options.Value.RangePatience, time))];
    }

    public CommitManifest Commit { get; }

    /// <summary>Failures that workers told of.</summary>
    public int Failures => _sending.Max(item => item.Failures);

    /// <summary>The parameters, where they were asked for and are not too many.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<float>>? Parameters => _ranges[0]?.Parameters;

    /// <summary>Reads what is recorded and sends what is due; true when every range is recorded.</summary>
    public async Task<bool> AdvanceAsync(JobRecord job, TrainingPlacement? placement, int slots, CancellationToken cancellationToken)
    {
        var missing = Missing();
        var recorded = await _records.RangesAsync(job.Id, [.. missing.Select(i => _items[i])]);
        for (var i = 0; i < missing.Length; i++) _ranges[missing[i]] = recorded[i];
        // The first ones that are missing are those under way.
        if (placement is not null)
            await SendAsync(job, [.. Missing().Take(Math.Max(1, slots) * ItemsPerSlot).Where(i => _sending[i].IsDue())], placement, cancellationToken);
        return _ranges.All(range => range is not null);
    }

    /// <summary>A worker could not evaluate a range; true when it has been tried often enough.</summary>
    public bool GivesUp(EvaluateModel item)
    {
        var index = Array.FindIndex(_items, mine => mine.Commit == item.Commit && mine.Set == item.Set && mine.From == item.From);
        if (index < 0) return false;
        _sending[index].Failed();
        return _sending[index].HasFailedForGood;
    }

    /// <summary>The figures over a set, once every range is recorded.</summary>
    public EvaluationFigures Figures(EvaluationSet set)
    {
        EvaluatedRange[] ranges = [.. _ranges.Where((_, i) => _items[i].Set == set)!];
        var sums = ranges.Select(range => range.Sums).Aggregate((left, right) => left.Plus(right));
        return new EvaluationFigures
        {
            Clock = Commit.Clock,
            Set = set,
            Examples = sums.Examples,
            Values = _metrics.ToDictionary(metric => metric.Name, metric => metric.Value(sums.Sums[metric.Name], sums.Examples), StringComparer.Ordinal),
            Fingerprint = ranges[0].Fingerprint,
        };
    }

    private async Task SendAsync(JobRecord job, int[] due, TrainingPlacement placement, CancellationToken cancellationToken)
    {
        if (due.Length == 0) return;
        using var span = _trace.BeginStretch("evaluation publish");
        _trace.Sent(due.Length);
        foreach (var i in due)
        {
            if (!await SendAsync(job, _items[i], placement.Slot(i), cancellationToken)) continue;
            _sending[i].Sent();
            _jobMetrics.Published(1);
        }
    }

    private Task<bool> SendAsync(JobRecord job, EvaluateModel item, PlacementKey slot, CancellationToken cancellationToken) =>
        _publisher.SendAsync(job, slot.Queue, item with { Device = slot.Device.ToString() }, cancellationToken);

    private int[] Missing() => [.. Enumerable.Range(0, _items.Length).Where(i => _ranges[i] is null)];
}
