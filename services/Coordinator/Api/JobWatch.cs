using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Jobs;
using Cluster.Storage.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Api;

/// <summary>One watcher of one job: sends the latest at a pace that suits people, and ends after the job's end.</summary>
internal sealed class JobWatch(RedisJobs jobs, JobFeeds feeds, JobDescriber describer, ClusterCondition condition, TimeProvider time, WatchRequest request)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    // Often enough for watchers to tell a job that stands still from a coordinator that does.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(1);

    private long _placements = Math.Max(0, request.PlacementsSeen);
    private JobFeed? _partialResultsOf;
    private long _partialResults;

    public async Task RunAsync(IServerStreamWriter<JobUpdate> stream, JobRecord job, CancellationToken cancellationToken)
    {
        while (true)
        {
            var feed = feeds.TryGet(job.Id, out var found) ? found : null;
            var (changed, conditionChanged) = (feed?.Changed, condition.Changed);
            var update = new JobUpdate();
            var hasMore = await AddPlacementsAsync(update, job.Kind);
            // Watchers leave at the end of the job: it is told when they have heard of every placement.
            update.Job = await describer.DescribeAsync(hasMore ? Unended(job) : job);
            AddPartialResults(update, feed);
            await stream.WriteAsync(update, cancellationToken);
            if (job.HasEnded && !hasMore) return;

            if (!job.HasEnded) await WaitAsync(feed, changed, conditionChanged, cancellationToken);
            job = await jobs.ReadAsync(job.Id) ?? throw new RpcException(new Status(StatusCode.NotFound, $"job '{job.Id}' is not kept any more"));
        }
    }

    private static JobRecord Unended(JobRecord job)
        => job.HasEnded ? job with { State = JobState.Running, Ended = null, Result = "", Error = "" } : job;

    // The last ones of a job come shortly before its feed ends: they are told all the same.
    private void AddPartialResults(JobUpdate update, JobFeed? feed)
    {
        if (feed is not null && feed != _partialResultsOf) (_partialResultsOf, _partialResults) = (feed, 0);
        if (_partialResultsOf is { } told) update.PartialResults.AddRange(told.PartialResultsSince(ref _partialResults));
    }

    // True when there are more than one update takes.
    private async Task<bool> AddPlacementsAsync(JobUpdate update, string kind)
    {
        var fresh = await jobs.PlacementsAsync(request.Id, _placements);
        _placements += fresh.Count;
        foreach (var placement in fresh)
        {
            var space = placement.LastIndexOf(' ');
            var item = kind == JobKinds.Training ? placement[..space] : $"{kind}/range_{placement[..space].Replace('-', '_')}";
            update.Placements.Add(new Contracts.Jobs.V1.Placement { Item = item, Device = placement[(space + 1)..] });
        }

        return fresh.Count == RedisJobs.MaxPlacements;
    }

    private async Task WaitAsync(JobFeed? feed, Task? changed, Task conditionChanged, CancellationToken cancellationToken)
    {
        var pause = Task.Delay(Pace, time, cancellationToken);
        if (feed is null || changed is null)
        {
            await pause;
            return;
        }

        // The end of a job is told at once, everything else at the pace.
        await Task.WhenAny(pause, feed.Closed);
        await Task.WhenAny(changed, conditionChanged, feed.Closed, Task.Delay(KeepAlive, time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }
}
