using Cluster.Compute.Computations;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Protocol.Messages;
using Cluster.Storage.Jobs;
using Cluster.Storage.Ranges;
using Cluster.Storage.Registry;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// Runs one computation from its record in Redis to its end. One loop owns all state; events of workers come through a
/// bounded channel and are hints: what counts is read from Redis each second, and anew after any trouble with Redis, so
/// that starting, resuming after a crash and recovering are one path.
/// </summary>
internal sealed class ComputationRunner : JobRunner
{
    private static readonly TimeSpan ReconcilePeriod = TimeSpan.FromSeconds(1);

    private readonly ComputationPlan _plan;
    private readonly RangeDispatcher _dispatcher;
    private readonly MergeStage _merge;
    private readonly RateMeter _rate;
    private readonly RedisJobs _jobs;
    private readonly RedisRanges _ranges;
    private readonly JobMetrics _metrics;
    private readonly CoordinatorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long? _reconciledAt;

    public ComputationRunner(
        JobRecord job, string owner, RunnerParts parts, RedisJobs jobs, RedisRanges ranges, WorkerShares shares, JobFeeds feeds, JobMetrics metrics,
        IOptions<CoordinatorOptions> options, TimeProvider time, ILogger<ComputationRunner> logger)
        : base(job, owner, jobs, shares, feeds, metrics, time, logger)
    {
        (_jobs, _ranges, _metrics, _options, _time, _logger) = (jobs, ranges, metrics, options.Value, time, logger);
        _plan = ComputationPlan.For(job);
        var term = new JobTerm(job.Id, owner);
        _dispatcher = parts.Make<RangeDispatcher>(term, _plan, Trace);
        _merge = parts.Make<MergeStage>(term, _plan, Trace);
        _rate = new RateMeter(time);
    }

    protected override void Interrupted() => _reconciledAt = null;

    protected override Task DeleteLeftoversAsync(CancellationToken cancellationToken) => _jobs.CleanUpAsync(Job.Id);

    protected override async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        var due = _reconciledAt is not { } at || _time.GetElapsedTime(at) >= ReconcilePeriod;
        if (due && await ReconcileAsync(cancellationToken)) return true;
        while (Signals.TryRead(out var signal))
        {
            if (await HandleAsync(signal, cancellationToken)) return true;
        }

        await _dispatcher.DispatchAsync(Job, cancellationToken);
        if (_dispatcher.Book.IsComplete && _dispatcher.Placement.MergeQueue is { } queue) await _merge.SendAsync(Job, queue, cancellationToken);
        ShowProgress();
        await Signals.WaitAsync(ReconcilePeriod, cancellationToken);
        return false;
    }

    private async Task<bool> ReconcileAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken)) return true;
        if (Job.Result.Length > 0) return await EndAsync(JobState.Succeeded, "", cancellationToken);

        await _dispatcher.ReconcileAsync(Job, cancellationToken);
        if (_reconciledAt is null) JobLog.Started(_logger, Job.Id, _plan.Space.GrainCount, Job.Done, _dispatcher.Book.OutstandingCount);
        _reconciledAt = _time.GetTimestamp();
        return _dispatcher.Placement.HasTimedOut
            && await EndAsync(JobState.Failed, $"waited {_options.PlacementTimeout.TotalSeconds:0} s for {_dispatcher.Placement.WaitingFor}",
            cancellationToken);
    }

    private async Task<bool> HandleAsync(object? signal, CancellationToken cancellationToken)
    {
        switch (signal)
        {
            case RangeComputed told when told.Generation == Job.Generation:
                _dispatcher.Recorded(told);
                return false;
            case RangeFailed told when told.Generation == Job.Generation:
                return await HandleFailureAsync(told, cancellationToken);
            case RangesNotMerged told when told.Generation == Job.Generation:
                return _merge.GivesUp(told.Error) && await EndAsync(JobState.Failed, told.Error, cancellationToken);
            default:
                // The record has changed: the result is there, or the job was cancelled.
                return await ReconcileAsync(cancellationToken);
        }
    }

    private async Task<bool> HandleFailureAsync(RangeFailed told, CancellationToken cancellationToken)
    {
        var range = new GrainRange(told.From, told.To);
        var attempts = await _ranges.AttemptsAsync(Job.Id, range);
        JobLog.RangeFailed(_logger, Job.Id, told.From, told.To, told.Device, attempts, RangeLimits.MaxAttempts, told.Error);
        await _ranges.CountAsync(Job.Id, Owner, "failed", 1);
        _metrics.Failed(Job.Kind);
        if (told.Permanent || attempts >= RangeLimits.MaxAttempts)
            return await EndAsync(JobState.Failed, $"grains {told.From}-{told.To} failed on {told.Device}: {told.Error}", cancellationToken);
        _dispatcher.Book.Find(range)?.Recall();
        return false;
    }

    private void ShowProgress()
    {
        var book = _dispatcher.Book;
        var done = _plan.Units(book.Done);
        // A range has one grain at least.
        Wanted.Change(Math.Min(_plan.Space.GrainCount - book.Done, RedisRegistry.MaxTasks));
        Feed.Publish(new JobProgress(done, _rate.Sample(done), book.RangesDone, book.OutstandingCount, _dispatcher.WaitingFor));
    }
}
