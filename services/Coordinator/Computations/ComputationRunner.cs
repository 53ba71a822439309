using System.Threading.Channels;
using Cluster.Compute.Computations;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;
using Cluster.Protocol.Messages;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Computations;

/// <summary>
/// Runs one computation from its record in Redis to its end. One loop owns all state; events of workers come through a
/// bounded channel and are hints: what counts is read from Redis each second, and anew after any trouble with Redis, so
/// that starting, resuming after a crash and recovering are one path.
/// </summary>
internal sealed class ComputationRunner : IJobRunner
{
    private static readonly TimeSpan ReconcilePeriod = TimeSpan.FromSeconds(1);

    private readonly RunnerContext _context;
    private readonly ComputationPlan _plan;
    private readonly string _owner;
    private readonly Channel<object> _signals = Channel.CreateBounded<object>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly JobTrace _trace;
    private readonly WantedSlots _wanted;
    private readonly RangeDispatcher _dispatcher;
    private readonly MergeStage _merge;
    private readonly RateMeter _rate;
    private readonly JobFeed _feed;
    private JobRecord _job;
    private long? _reconciledAt;

    public ComputationRunner(JobRecord job, string owner, RunnerContext context)
    {
        (_job, _owner, _context) = (job, owner, context);
        _plan = ComputationPlan.For(job);
        _trace = new JobTrace(job, context.Time);
        _wanted = new WantedSlots(context.Metrics, job.Kind);
        _dispatcher = new RangeDispatcher(job.Id, owner, _plan, _trace, context);
        _merge = new MergeStage(job.Id, owner, _plan, _trace, context);
        _rate = new RateMeter(context.Time);
        _feed = context.Feeds.Open(job.Id);
    }

    /// <summary>Tells the runner what a worker said, or that the record changed; dropped when it lags far behind.</summary>
    public void Tell(object signal) => _signals.Writer.TryWrite(signal);

    /// <summary>Runs until the job has ended or is not this chief's any more.</summary>
    /// <exception cref="OperationCanceledException">The chief leaves office; the next one goes on from the record.</exception>
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
            _context.Shares.EndTurns(_job.Id);
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var backoff = new RunnerBackoff(_context.Time);
        while (true)
        {
            try
            {
                if (await StepAsync(cancellationToken)) return;
                backoff.Reset();
            }
            catch (JobMovedException e) when (e.Answer == "fenced")
            {
                JobLog.Left(_context.Logger, _job.Id, e.Answer);
                return;
            }
            catch (Exception e) when (e is JobMovedException || RedisErrors.IsTransient(e))
            {
                if (e is JobMovedException { HasEnded: true }) JobLog.Closed(_context.Logger, _job.Id);
                else JobLog.Interrupted(_context.Logger, _job.Id, e.Message);
                _reconciledAt = null;
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    // True when there is nothing left to do for this job.
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var due = _reconciledAt is not { } at || _context.Time.GetElapsedTime(at) >= ReconcilePeriod;
        if (due && await ReconcileAsync(cancellationToken)) return true;
        while (_signals.Reader.TryRead(out var signal))
        {
            if (await HandleAsync(signal, cancellationToken)) return true;
        }

        await _dispatcher.DispatchAsync(_job, cancellationToken);
        if (_dispatcher.Book.IsComplete && _dispatcher.Placement.MergeQueue is { } queue) await _merge.SendAsync(_job, queue, cancellationToken);
        ShowProgress();
        await WaitForSignalAsync(cancellationToken);
        return false;
    }

    private async Task<bool> ReconcileAsync(CancellationToken cancellationToken)
    {
        _job = await _context.Jobs.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        if (_job.HasEnded) return await FindEndedAsync();
        if (_job.State == JobState.Pending && await StartAsync()) return true;
        if (_job.Result.Length > 0) return await EndAsync(JobState.Succeeded, "");

        await _dispatcher.ReconcileAsync(_job, cancellationToken);
        if (_reconciledAt is null) JobLog.Started(_context.Logger, _job.Id, _plan.Space.GrainCount, _job.Done, _dispatcher.Book.OutstandingCount);
        _reconciledAt = _context.Time.GetTimestamp();
        return _dispatcher.Placement.HasTimedOut
            && await EndAsync(JobState.Failed, $"waited {_context.Options.Value.PlacementTimeout.TotalSeconds:0} s for {_dispatcher.Placement.WaitingFor}");
    }

    private async Task<bool> HandleAsync(object signal, CancellationToken cancellationToken)
    {
        switch (signal)
        {
            case RangeComputed told when told.Generation == _job.Generation:
                _dispatcher.Recorded(told);
                return false;
            case RangeFailed told when told.Generation == _job.Generation:
                return await HandleFailureAsync(told);
            case RangesNotMerged told when told.Generation == _job.Generation:
                return _merge.GivesUp(told.Error) && await EndAsync(JobState.Failed, told.Error);
            default:
                // The record has changed: the result is there, or the job was cancelled.
                return await ReconcileAsync(cancellationToken);
        }
    }

    private async Task<bool> HandleFailureAsync(RangeFailed told)
    {
        var range = new GrainRange(told.From, told.To);
        var attempts = await _context.Ranges.AttemptsAsync(_job.Id, range);
        JobLog.RangeFailed(_context.Logger, _job.Id, told.From, told.To, told.Device, attempts, RangeLimits.MaxAttempts, told.Error);
        await _context.Ranges.CountAsync(_job.Id, _owner, "failed", 1);
        _context.Metrics.Failed(_job.Kind);
        if (told.Permanent || attempts >= RangeLimits.MaxAttempts)
            return await EndAsync(JobState.Failed, $"grains {told.From}-{told.To} failed on {told.Device}: {told.Error}");
        _dispatcher.Book.Find(range)?.Recall();
        return false;
    }

    private async Task<bool> StartAsync()
    {
        using var span = _trace.BeginOnce("job start");
        if (await _context.Jobs.MoveAsync(_job.Id, _owner, JobState.Pending, JobState.Running) == TransitionAnswer.Fenced) return true;
        _job = await _context.Jobs.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        return _job.HasEnded && await FindEndedAsync();
    }

    private async Task<bool> EndAsync(JobState state, string error)
    {
        using var span = _trace.BeginOnce("job end");
        var answer = await _context.Jobs.MoveAsync(_job.Id, _owner, JobState.Running, state, error);
        if (answer == TransitionAnswer.Fenced) return true;
        if (answer == TransitionAnswer.Done)
        {
            var text = state.ToText();
            JobLog.Ended(_context.Logger, _job.Id, text, error);
            _context.Metrics.Ended(_job, text);
            _trace.Ended(state, error);
        }

        return await CleanUpAsync();
    }

    // Cancelled, or ended by an earlier chief.
    private Task<bool> FindEndedAsync()
    {
        _trace.Ended(_job.State, _job.Error);
        return CleanUpAsync();
    }

    private async Task<bool> CleanUpAsync()
    {
        await _context.Jobs.CleanUpAsync(_job.Id);
        return true;
    }

    private void ShowProgress()
    {
        var book = _dispatcher.Book;
        var done = _plan.Units(book.Done);
        // A range has one grain at least.
        _wanted.Change(Math.Min(_plan.Space.GrainCount - book.Done, RedisRegistry.MaxTasks));
        _feed.Publish(new JobProgress(done, _rate.Sample(done), book.RangesDone, book.OutstandingCount, _dispatcher.WaitingFor));
    }

    private async Task WaitForSignalAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReconcilePeriod);
        try
        {
            await _signals.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look at Redis.
        }
    }
}
