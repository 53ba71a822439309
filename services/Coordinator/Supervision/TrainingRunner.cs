using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Messages;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using TrainingSpec = Cluster.Contracts.Jobs.TrainingSpec;

namespace Cluster.Coordinator.Supervision;

/// <summary>Runs one training job: plans it, supervises it, and ends it with its result.</summary>
internal sealed class TrainingRunner : JobRunner
{
    private static readonly TimeSpan PlanTurn = TimeSpan.FromMilliseconds(100);
    private static readonly object CommitMoved = new();

    private readonly TrainingJob _training;
    private readonly TrainingFigures _figures;
    private readonly TrainingUpkeep _upkeep;
    private readonly PlanStage _planning;
    private readonly RunnerParts _parts;
    private readonly RedisTraining _records;
    private readonly TrainingCleanUp _cleanUp;
    private readonly JobMetrics _metrics;
    private readonly ILogger _logger;
    private TrainingSupervision? _supervision;

    public TrainingRunner(
        JobRecord job, string owner, RunnerParts parts, RedisJobs jobs, RedisTraining records, TrainingCleanUp cleanUp, WorkerShares shares,
        JobFeeds feeds, JobMetrics metrics, TimeProvider time, ILogger<TrainingRunner> logger)
        : base(job, owner, jobs, shares, feeds, metrics, time, logger)
    {
        (_parts, _records, _cleanUp, _metrics, _logger) = (parts, records, cleanUp, metrics, logger);
        _training = new TrainingJob(job.Id, owner, JsonSerializer.Deserialize<TrainingSpec>(job.Spec, SpecJson.Options)!);
        _figures = new TrainingFigures(time);
        _upkeep = parts.Make<TrainingUpkeep>(_training, _figures);
        _planning = parts.Make<PlanStage>(_training, Trace);
    }

    protected override async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken)) return true;
        if (Job.Result.Length > 0) return await EndWithResultAsync(cancellationToken);
        while (Signals.TryRead(out var signal))
        {
            if (await HandleAsync(signal, cancellationToken)) return true;
        }

        if (_supervision is null && await PlanAsync(cancellationToken)) return true;
        var turn = _supervision is null ? new(PlanTurn) : await SuperviseAsync(_supervision, cancellationToken);
        if (turn.Error is { } error) return await EndAsync(JobState.Failed, error, cancellationToken);
        await Signals.WaitAsync(turn.Pause, cancellationToken);
        return false;
    }

    protected override async ValueTask<string> EndingAsync(JobState state, string error)
    {
        await _upkeep.WriteCountersAsync();
        return state == JobState.Failed && error.Contains("diverged", StringComparison.Ordinal) && LaneRate.Advice(_training.Spec) is { } advice
            ? $"{error}; {advice}"
            : error;
    }

    protected override Task DeleteLeftoversAsync(CancellationToken cancellationToken) => _cleanUp.RunAsync(Job.Id, cancellationToken);

    private async Task<bool> PlanAsync(CancellationToken cancellationToken)
    {
        if (await _planning.MakeAsync(cancellationToken) is { } error) return await EndAsync(JobState.Failed, error, cancellationToken);
        if (_planning.Plan is { } plan)
            _supervision = _parts.Make<TrainingSupervision>(_training, plan, _planning, _figures, (Action)(() => Tell(CommitMoved)), Trace);
        else
            Feed.Publish(new JobProgress(0, 0, 0, 0, _planning.WaitingFor));
        return false;
    }

    private async Task<TrainingSupervision.Turn> SuperviseAsync(TrainingSupervision supervision, CancellationToken cancellationToken)
    {
        var turn = await supervision.RunAsync(Job, cancellationToken);
        if (turn.Error is not null) return turn;
        await _upkeep.RunAsync(cancellationToken);
        Wanted.Change(_planning.Plan!.Streams);
        var record = supervision.Record!;
        Feed.Publish(new JobProgress(Math.Min(_figures.Clock, record.Protocol.End ?? long.MaxValue), _figures.StepsPerSecond, record.Counters.Segments,
            0, supervision.WaitingFor)
        {
            Training = TrainingFigures.Describe(record, _figures),
            WaitsForItsTurn = supervision.WaitsForItsTurn,
        });
        return turn;
    }

    private async Task<bool> HandleAsync(object? signal, CancellationToken cancellationToken)
    {
        switch (signal)
        {
            case SegmentReached told:
                _figures.Reached(told);
                if (PartialResults.Of(told) is { Parameters.Count: > 0 } partial) Feed.Add(partial);
                await LogPlacementAsync(PlacedItems.Name(told), told.Device);
                return false;
            case ModelEvaluated told:
                await LogPlacementAsync(PlacedItems.Name(told), told.Device);
                return false;
            case SegmentFailed told:
                return await HandleFailureAsync(told, cancellationToken);
            case ModelNotEvaluated told:
                _metrics.Failed(Job.Kind);
                return _supervision?.GivesUp(told) == true && await EndAsync(JobState.Failed, told.Error, cancellationToken);
            default:
                // The record has changed; the next turn reads it.
                return false;
        }
    }

    private async Task LogPlacementAsync(string item, string device)
    {
        if (_training.Spec.LogDevicePlacement && await _records.PlaceAsync(Job.Id, Owner, item, device) == TrainingAnswer.Fenced)
            throw new JobMovedException("fenced");
    }

    private async Task<bool> HandleFailureAsync(SegmentFailed told, CancellationToken cancellationToken)
    {
        _metrics.Failed(Job.Kind);
        TrainingLog.BatchFailed(_logger, Job.Id, told.Lane, told.Clock, told.Device, told.Attempts, RangeLimits.MaxAttempts, told.Error);
        var record = await _records.ReadAsync(Job.Id, _planning.Plan);
        if (record is null || record.Protocol.Generation != told.Generation) return false;
        if (!told.Permanent && told.Attempts < RangeLimits.MaxAttempts)
        {
            _supervision?.GivenUp(told.Lane);
            return false;
        }

        return await EndAsync(JobState.Failed, $"lane {told.Lane}, clock {told.Clock} failed on {told.Device}: {told.Error}", cancellationToken);
    }

    private async Task<bool> EndWithResultAsync(CancellationToken cancellationToken)
    {
        var record = await _records.ReadAsync(Job.Id, _planning.Plan);
        return record is { IsCancelled: true }
            ? await EndAsync(JobState.Cancelled, record.CancelReason, cancellationToken)
            : await EndAsync(JobState.Succeeded, "", cancellationToken);
    }
}
