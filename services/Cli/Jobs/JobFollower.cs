using System.Runtime.CompilerServices;
using Cluster.Cli.Invocation;
using Cluster.Cli.Reports;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Client.Jobs;

namespace Cluster.Cli.Jobs;

/// <summary>Watches a job to its end and reports it; when interrupted, leaves the job or cancels it.</summary>
internal sealed class JobFollower(CommandRun run, ClusterClient client, bool cancelOnExit)
{
    private readonly string _name = run.Host.CommandName;

    public async Task<ExitCode> FollowAsync(string jobId, CancellationToken cancellationToken)
    {
        using var words = run.Host.LastWords.During(cancelOnExit ? NotCancelled(jobId) : Detached(jobId));
        try
        {
            return Report(await run.Display.ShowAsync(WatchAsync(jobId, cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return cancelOnExit ? await CancelAsync(jobId) : Detach(jobId);
        }
    }

    // What a training job measured before this watcher came is drawn too.
    private async IAsyncEnumerable<JobUpdate> WatchAsync(string jobId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isRecalled = false;
        await foreach (var update in client.WatchAsync(jobId, cancellationToken))
        {
            if (!isRecalled && update.Job.Training is { CommittedClock: > 0 }) await RecallAsync(jobId, cancellationToken);
            isRecalled = true;
            yield return update;
        }
    }

    private async Task RecallAsync(string jobId, CancellationToken cancellationToken)
    {
        try
        {
            run.Display.Recall(await client.GetSummariesAsync(jobId, cancellationToken: cancellationToken));
        }
        catch (ClusterException)
        {
            // The curves begin here then; the job is what is followed.
        }
    }

    private ExitCode Report(JobInfo job)
    {
        JobReport.WriteResult(run, job.EnsureSucceeded());
        return ExitCode.Ok;
    }

    private ExitCode Detach(string jobId)
    {
        run.Display.Note(Detached(jobId));
        return ExitCode.Interrupted;
    }

    private async Task<ExitCode> CancelAsync(string jobId)
    {
        run.Display.Note($"cancelling job {jobId}");
        if (await TryCancelAsync(jobId) is not { } job) return ExitCode.Failed;
        if (job.State != JobState.Cancelled) return Report(job);

        run.Display.Note($"job {jobId} is cancelled");
        return ExitCode.Interrupted;
    }

    // Null where it has not ended in time.
    private async Task<JobInfo?> TryCancelAsync(string jobId)
    {
        using var limit = new CancellationTokenSource(run.Host.ClientOptions.CallTimeout);
        try
        {
            var job = await client.CancelAsync(jobId, "interrupted", CancellationToken.None);
            return job.State.IsEnd() ? job : await client.WaitAsync(jobId, cancellationToken: limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            run.Display.Note(NotCancelled(jobId));
            return null;
        }
        catch (ClusterException e) when (e is not JobNotFoundException)
        {
            run.Display.Note(NotCancelled(jobId));
            throw;
        }
    }

    private string Detached(string jobId)
        => $"detached; job {jobId} goes on: `{_name} watch {jobId}` shows it again, `{_name} cancel {jobId}` ends it";

    private string NotCancelled(string jobId) => run.Host.EmbeddedCluster is null
        ? $"job {jobId} still runs as far as is known: `{_name} cancel {jobId}` ends it"
        : $"job {jobId} ends with this process";
}
