using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using TrainingSpec = Cluster.Contracts.Jobs.TrainingSpec;

namespace Cluster.Coordinator.Training;

/// <summary>
/// Runs one training job from its record in Redis to its end. One loop owns all state: it plans, supervises and ends the job
/// by what Redis says at each turn; so starting, resuming after a crash and recovering are one path. Events of workers come
/// through a bounded channel and only make the next turn come sooner.
/// </summary>
internal sealed class TrainingRunner : IJobRunner
{
    private static readonly TimeSpan PlanTurn = TimeSpan.FromMilliseconds(100);
    private const int MissingLimit = 5;
    private static readonly object CommitMoved = new();

    private readonly TrainingContext _context;
    private readonly TrainingJob _training;
    private readonly RunnerSignals _signals = new();
    private readonly JobTrace _trace;
    private readonly WantedSlots _wanted;
    private readonly TrainingFigures _figures;
    private readonly TrainingUpkeep _upkeep;
    private readonly PlanStage _planning;
    private readonly JobFeed _feed;
    private JobRecord _job;
    private TrainingSupervision? _supervision;

    public TrainingRunner(JobRecord job, string owner, TrainingContext context)
    {
        (_job, _context) = (job, context);
        _training = new TrainingJob(job.Id, owner, System.Text.Json.JsonSerializer.Deserialize<TrainingSpec>(job.Spec, SpecJson.Options)!);
        _trace = new JobTrace(job, context.Time);
        _wanted = new WantedSlots(context.Metrics, job.Kind);
        _figures = new TrainingFigures(context.Time);
        _upkeep = new TrainingUpkeep(_training, _figures, context);
        _planning = new PlanStage(_training, _trace, context);
        _feed = context.Feeds.Open(job.Id);
    }

    public void Tell(object signal) => _signals.Tell(signal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _trace.Start();
        try
        {
            await TurnAsync(cancellationToken);
        }
        finally
        {
            _trace.Stop();
            _wanted.Change(0);
            _context.Shares.Leave(_job.Id);
            _context.Shares.EndTurns(_job.Id);
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var backoff = new RunnerBackoff(_context.Time);
        var missing = 0;
        while (true)
        {
            try
            {
                if (await StepAsync(cancellationToken)) return;
                backoff.Reset();
                missing = 0;
            }
            catch (JobMovedException e) when (e.Answer == "fenced" || (e.Answer == "missing" && ++missing > MissingLimit))
            {
                // A record that stays away was lost by Redis, and the job with it.
                JobLog.Left(_context.Logger, _job.Id, e.Answer);
                return;
            }
            catch (Exception e) when (e is JobMovedException || RedisErrors.IsTransient(e))
            {
                if (e is JobMovedException { HasEnded: true }) JobLog.Closed(_context.Logger, _job.Id);
                else JobLog.Interrupted(_context.Logger, _job.Id, e.Message);
                if (e is not JobMovedException)
                    _feed.Publish((_feed.Latest ?? new JobProgress(0, 0, 0, 0, "")) with { WaitingFor = $"Redis: {FirstSentence(e.Message)}" });
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    // What Redis adds on scripts and users says nothing to those who wait; nor do the counters of its client.
    private static string FirstSentence(string message) => message.ReplaceLineEndings(" ").Split([". ", ", "], 2, StringSplitOptions.None)[0];

    // True when there is nothing left to do for this job.
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        _job = await _context.Jobs.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        if (_job.HasEnded)
        {
            _trace.Ended(_job.State, _job.Error);
            return await CleanUpAsync(cancellationToken);
        }

        if (_job.State == JobState.Pending && await StartAsync()) return true;
        if (_job.Result.Length > 0) return await EndWithResultAsync(cancellationToken);
        while (_signals.TryRead(out var signal))
        {
            if (await HandleAsync(signal, cancellationToken)) return true;
        }

        if (_supervision is null && await PlanAsync(cancellationToken)) return true;
        var turn = _supervision is null ? new(PlanTurn) : await SuperviseAsync(_supervision, cancellationToken);
        if (turn.Error is { } error) return await EndAsync(JobState.Failed, error, cancellationToken);
        await _signals.WaitAsync(turn.Pause, cancellationToken);
        return false;
    }

    private async Task<bool> StartAsync()
    {
        using var span = _trace.BeginOnce("job start");
        if (await _context.Jobs.MoveAsync(_job.Id, _training.Owner, JobState.Pending, JobState.Running) == TransitionAnswer.Fenced) return true;
        _job = await _context.Jobs.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        return false;
    }

    private async Task<bool> PlanAsync(CancellationToken cancellationToken)
    {
        if (await _planning.MakeAsync(cancellationToken) is { } error) return await EndAsync(JobState.Failed, error, cancellationToken);
        if (_planning.Plan is { } plan) _supervision = new TrainingSupervision(_training, plan, _planning, _figures, () => Tell(CommitMoved), _trace, _context);
        else _feed.Publish(new JobProgress(0, 0, 0, 0, _planning.WaitingFor));
        return false;
    }

    private async Task<TrainingSupervision.Turn> SuperviseAsync(TrainingSupervision supervision, CancellationToken cancellationToken)
    {
        var turn = await supervision.RunAsync(_job, cancellationToken);
        if (turn.Error is not null) return turn;
        await _upkeep.RunAsync(cancellationToken);
        _wanted.Change(_planning.Plan!.Streams);
        var record = supervision.Record!;
        _feed.Publish(new JobProgress(Math.Min(_figures.Clock, record.Protocol.End ?? long.MaxValue), _figures.StepsPerSecond, record.Counters.Segments,
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
                if (PartialResults.Of(told) is { Parameters.Count: > 0 } partial) _feed.Add(partial);
                await LogPlacementAsync(PlacedItems.Name(told), told.Device);
                return false;
            case ModelEvaluated told:
                await LogPlacementAsync(PlacedItems.Name(told), told.Device);
                return false;
            case SegmentFailed told:
                return await HandleFailureAsync(told, cancellationToken);
            case ModelNotEvaluated told:
                _context.Metrics.Failed(_job.Kind);
                return _supervision?.GivesUp(told) == true && await EndAsync(JobState.Failed, told.Error, cancellationToken);
            default:
                // The record has changed; the next turn reads it.
                return false;
        }
    }

    private async Task LogPlacementAsync(string item, string device)
    {
        if (_training.Spec.LogDevicePlacement && await _context.Records.PlaceAsync(_job.Id, _training.Owner, item, device) == TrainingAnswer.Fenced)
            throw new JobMovedException("fenced");
    }

    private async Task<bool> HandleFailureAsync(SegmentFailed told, CancellationToken cancellationToken)
    {
        _context.Metrics.Failed(_job.Kind);
        TrainingLog.BatchFailed(_context.Logger, _job.Id, told.Lane, told.Clock, told.Device, told.Attempts, RangeLimits.MaxAttempts, told.Error);
        var record = await _context.Records.ReadAsync(_job.Id);
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
        var record = await _context.Records.ReadAsync(_job.Id);
        return record is { IsCancelled: true }
            ? await EndAsync(JobState.Cancelled, record.CancelReason, cancellationToken)
            : await EndAsync(JobState.Succeeded, "", cancellationToken);
    }

    private async Task<bool> EndAsync(JobState state, string error, CancellationToken cancellationToken)
    {
        using var span = _trace.BeginOnce("job end");
        await _upkeep.WriteCountersAsync();
        if (state == JobState.Failed && error.Contains("diverged", StringComparison.Ordinal) && LaneRate.Advice(_training.Spec) is { } advice)
            error = $"{error}; {advice}";
        var answer = await _context.Jobs.MoveAsync(_job.Id, _training.Owner, JobState.Running, state, error);
        if (answer == TransitionAnswer.Fenced) return true;
        if (answer == TransitionAnswer.Done)
        {
            var text = state.ToText();
            JobLog.Ended(_context.Logger, _job.Id, text, error);
            _context.Metrics.Ended(_job, text);
            _trace.Ended(state, error);
        }

        return await CleanUpAsync(cancellationToken);
    }

    private async Task<bool> CleanUpAsync(CancellationToken cancellationToken)
    {
        await _context.CleanUp.RunAsync(_job.Id, cancellationToken);
        return true;
    }
}
