using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Placements;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Jobs;

/// <summary>
/// Runs one job from its record in Redis to its end. One loop owns all state and decides by what Redis says, so that starting, resuming
/// after a crash and recovering are one path. Events of workers come through a bounded channel and only make the next turn come sooner.
/// </summary>
internal abstract class JobRunner(
    JobRecord job, string owner, RedisJobs jobs, WorkerShares shares, JobFeeds feeds, JobMetrics metrics, TimeProvider time, ILogger logger)
{
    // A record that stays away for as many turns was lost by Redis, and the job with it.
    private const int MissingLimit = 5;

    /// <summary>The record as the runner read it last.</summary>
    protected JobRecord Job { get; private set; } = job;

    /// <summary>Token of the chief, as the job's record holds it.</summary>
    protected string Owner { get; } = owner;

    protected JobTrace Trace { get; } = new(job, time);

    protected RunnerSignals Signals { get; } = new();

    protected WantedSlots Wanted { get; } = new(metrics, job.Kind);

    protected JobFeed Feed { get; } = feeds.Open(job.Id);

    /// <summary>Tells the runner what a worker said, or that the record changed; a hint that may be dropped.</summary>
    public void Tell(object signal) => Signals.Tell(signal);

    /// <summary>Runs until the job has ended or is not this chief's any more.</summary>
    /// <exception cref="OperationCanceledException">The chief leaves office; the next one goes on from the record.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Trace.Start();
        try
        {
            await TakeTurnsAsync(cancellationToken);
        }
        finally
        {
            Trace.Stop();
            Wanted.Change(0);
            shares.Leave(Job.Id);
            shares.EndTurns(Job.Id);
        }
    }

    /// <summary>Takes one turn and waits for what makes the next one due; true when there is nothing left to do for this job.</summary>
    /// <exception cref="JobMovedException">The record is not what this runner believes; the next turn reads it again.</exception>
    protected abstract Task<bool> TurnAsync(CancellationToken cancellationToken);

    /// <summary>A turn was broken off; the next one begins from what Redis says.</summary>
    protected virtual void Interrupted() { }

    /// <summary>What is written before the job ends, and the error that its record is to have.</summary>
    protected virtual ValueTask<string> EndingAsync(JobState state, string error) => new(error);

    /// <summary>Deletes what only a running job needs.</summary>
    protected abstract Task DeleteLeftoversAsync(CancellationToken cancellationToken);

    /// <summary>Reads the record, and starts the job or cleans up after it where that is all there is to do; true when the job is over.</summary>
    protected async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Job = await jobs.ReadAsync(Job.Id) ?? throw new JobMovedException("missing");
        if (Job.State == JobState.Pending && await StartAsync()) return true;
        if (!Job.HasEnded) return false;
        // Cancelled, or ended by an earlier chief.
        Trace.Ended(Job.State, Job.Error);
        return await CleanUpAsync(cancellationToken);
    }

    /// <summary>Ends the job; true.</summary>
    protected async Task<bool> EndAsync(JobState state, string error, CancellationToken cancellationToken)
    {
        using var span = Trace.BeginOnce("job end");
        error = await EndingAsync(state, error);
        var answer = await jobs.MoveAsync(Job.Id, Owner, JobState.Running, state, error);
        if (answer == TransitionAnswer.Fenced) return true;
        if (answer == TransitionAnswer.Done)
        {
            var text = state.ToText();
            JobLog.Ended(logger, Job.Id, text, error);
            metrics.Ended(Job, text);
            Trace.Ended(state, error);
        }

        return await CleanUpAsync(cancellationToken);
    }

    private async Task TakeTurnsAsync(CancellationToken cancellationToken)
    {
        var backoff = new RunnerBackoff(time);
        var missing = 0;
        while (true)
        {
            try
            {
                if (await TurnAsync(cancellationToken)) return;
                backoff.Reset();
                missing = 0;
            }
            catch (JobMovedException e) when (e.Answer == "fenced" || (e.Answer == "missing" && ++missing > MissingLimit))
            {
                JobLog.Left(logger, Job.Id, e.Answer);
                return;
            }
            catch (Exception e) when (e is JobMovedException || RedisErrors.IsTransient(e))
            {
                Note(e);
                Interrupted();
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    private void Note(Exception e)
    {
        if (e is JobMovedException { HasEnded: true }) JobLog.Closed(logger, Job.Id);
        else JobLog.Interrupted(logger, Job.Id, e.Message);
        if (e is JobMovedException) return;
        Feed.Publish((Feed.Latest ?? new JobProgress(0, 0, 0, 0, "")) with { WaitingFor = $"Redis: {FirstSentence(e.Message)}" });
    }

    // What Redis adds on scripts and users says nothing to those who wait; nor do the counters of its client.
    private static string FirstSentence(string message) => message.ReplaceLineEndings(" ").Split([". ", ", "], 2, StringSplitOptions.None)[0];

    private async Task<bool> StartAsync()
    {
        using var span = Trace.BeginOnce("job start");
        if (await jobs.MoveAsync(Job.Id, Owner, JobState.Pending, JobState.Running) == TransitionAnswer.Fenced) return true;
        Job = await jobs.ReadAsync(Job.Id) ?? throw new JobMovedException("missing");
        return false;
    }

    private async Task<bool> CleanUpAsync(CancellationToken cancellationToken)
    {
        await DeleteLeftoversAsync(cancellationToken);
        return true;
    }
}
