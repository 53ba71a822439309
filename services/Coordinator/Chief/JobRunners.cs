using System.Collections.Concurrent;
using Cluster.Coordinator.Jobs;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Chief;

/// <summary>
/// The runners of this chief's open jobs. Started by submissions and by the chief's sweep, which are the only ones that
/// add; each runner removes itself.
/// </summary>
internal sealed class JobRunners(JobKindRunners kinds, RedisJobs jobs, JobFeeds feeds, JobMetrics metrics, ILogger<JobRunners> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<Running>> _running = new();
    private readonly HashSet<string> _withoutRecord = [];
    private CancellationToken _term = new(canceled: true);

    /// <summary>Tells the runner of a job, if it runs here.</summary>
    public void Tell(string jobId, object signal)
    {
        if (_running.TryGetValue(jobId, out var running)) running.Value.Runner.Tell(signal);
    }

    /// <summary>Runs every open job that is not run here yet.</summary>
    public async Task AdoptOpenAsync(string owner, CancellationToken term)
    {
        _term = term;
        foreach (var id in await jobs.OpenAsync())
        {
            if (!_running.ContainsKey(id)) await TryAdoptAsync(id, owner);
        }
    }

    /// <summary>Runs a job that this chief owns, once.</summary>
    public void Start(JobRecord job, string owner)
    {
        if (_term.IsCancellationRequested || _running.ContainsKey(job.Id)) return;
        var runner = kinds.Create(job, owner);
        _ = _running.GetOrAdd(job.Id, id => new Lazy<Running>(() =>
            new Running(runner, Task.Run(() => RunAsync(id, job.Kind, runner), CancellationToken.None)))).Value;
    }

    /// <summary>Waits for the runners to stop; their term is over.</summary>
    public Task StopAsync() => Task.WhenAll(_running.Values.Select(r => r.Value.Ended));

    // A record that this coordinator cannot read, of a later version perhaps, must not keep it from the others.
    private async Task TryAdoptAsync(string id, string owner)
    {
        try
        {
            await AdoptAsync(id, owner);
        }
        catch (Exception e) when (!RedisErrors.IsTransient(e))
        {
            JobLog.Unreadable(logger, id, e.Message);
        }
    }

    private async Task AdoptAsync(string id, string owner)
    {
        if (await jobs.AdoptAsync(id, owner) && await jobs.ReadAsync(id) is { } job) Start(job, owner);
        else if (await jobs.ReadAsync(id) is { HasEnded: true } ended) await kinds.CleanUpAsync(ended, _term);
        // A submission lists its id before it writes the record: only one that stays without is dropped.
        else if (!_withoutRecord.Add(id)) await jobs.CloseAsync(id);
    }

    private async Task RunAsync(string id, string kind, JobRunner runner)
    {
        metrics.Active(kind, 1);
        try
        {
            await runner.RunAsync(_term);
        }
        catch (Exception e) when (_term.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // The chief's term is over; the next chief goes on.
        }
        catch (Exception e)
        {
            JobLog.Crashed(logger, e, id);
        }
        finally
        {
            metrics.Active(kind, -1);
            // In this order: a runner that starts anew opens a feed of its own.
            feeds.Close(id);
            _running.TryRemove(id, out _);
        }
    }

    private sealed record Running(JobRunner Runner, Task Ended);
}
