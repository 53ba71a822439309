using System.Diagnostics;
using Cluster.Client;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Standalone.Embedded;

namespace Cluster.Benchmarks.Load;

/// <summary>What a crowd of jobs and watchers came to.</summary>
/// <param name="Items">Items that were computed.</param>
/// <param name="MostOutstanding">Most items of one job that were out at once.</param>
/// <param name="Updates">Updates that watchers were sent.</param>
/// <param name="Wrong">Jobs whose result is not what it must be, and watchers that did not see the end; none.</param>
/// <param name="Submitting">Time until all were accepted.</param>
/// <param name="Running">Time until all had ended.</param>
/// <param name="HeapBefore">Bytes in use before.</param>
/// <param name="HeapAfter">Bytes in use after.</param>
internal sealed record CrowdResult(
    long Items, long MostOutstanding, long Updates, IReadOnlyList<string> Wrong, TimeSpan Submitting, TimeSpan Running, long HeapBefore, long HeapAfter);

/// <summary>Many jobs at once, some of them placed part by part, and clients that watch them: on a whole cluster in this process.</summary>
/// <param name="Jobs">All jobs, submitted at once.</param>
/// <param name="Queued">Those of them that have a placement of <paramref name="Parts"/> parts each.</param>
/// <param name="Parts">Parts of such a job, placed on two workers in turn; the coordinator sizes items within them.</param>
/// <param name="Watchers">Clients that watch, spread over the jobs.</param>
internal sealed record CrowdLoad(int Jobs, int Queued, int Parts, int Watchers)
{
    private const int GrainBlocks = 65_536;
    private const int Connections = 20;
    private const long SmallPoints = 1 << 21;

    // Inside of 2^20 blocks with seed 42: tests/Compute.Tests has it too.
    private const long SmallInside = 1_647_312;

    public async Task<CrowdResult> RunAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Workers = 2 }, cancellationToken);
        ClusterClient[] clients = [.. Enumerable.Range(0, Connections).Select(_ => ClusterClient.Connect(cluster.Connection))];
        try
        {
            var large = new PiSpec { Points = 2L * GrainBlocks * Parts, Seed = 42 };
            var expected = (await clients[0].RunPiAsync(large, cancellationToken: cancellationToken)).Inside;
            var queued = large.PlacedByItem(Parts, item => $"/job:worker/task:{item % 2}/cpu:0");
            var heapBefore = GC.GetTotalMemory(forceFullCollection: true);
            var started = Stopwatch.GetTimestamp();
            var jobs = await Task.WhenAll(Enumerable.Range(0, Jobs).Select(
                job => clients[job % Connections].SubmitAsync(job < Queued ? queued : new PiSpec { Points = SmallPoints, Seed = 42 },
                cancellationToken: cancellationToken)));
            var submitting = Stopwatch.GetElapsedTime(started);
            var watched = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(
                watcher => WatchAsync(clients[watcher % Connections], jobs[watcher % Jobs].Id, cancellationToken)));
            var ended = await Task.WhenAll(jobs.Select(job => EndAsync(clients[0], job.Id, cancellationToken)));
            var running = Stopwatch.GetElapsedTime(started);
            List<string> wrong = [.. ended.Where((job, i) => job.State != JobState.Succeeded
                || PiResult.FromJob(job).Inside != (i < Queued ? expected : SmallInside)).Select(job => $"{job.Id} {job.State} {job.Error}")];
            wrong.AddRange(watched.Where(watch => watch.Last != JobState.Succeeded).Select(watch => $"a watcher saw {watch.Last} last"));
            return new CrowdResult(
                ended.Sum(job => job.Progress.ItemsDone), watched.Max(watch => watch.MostOutstanding), watched.Sum(watch => watch.Updates), wrong,
                submitting, running, heapBefore, GC.GetTotalMemory(forceFullCollection: true));
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }
    }

    private static async Task<Watched> WatchAsync(ClusterClient client, string job, CancellationToken cancellationToken)
    {
        var watched = new Watched(0, 0, JobState.Pending);
        await foreach (var update in client.WatchAsync(job, cancellationToken))
            watched = new Watched(watched.Updates + 1, Math.Max(watched.MostOutstanding, update.Job.Progress.ItemsOutstanding), update.Job.State);
        return watched;
    }

    private static async Task<JobInfo> EndAsync(ClusterClient client, string id, CancellationToken cancellationToken)
    {
        await WatchAsync(client, id, cancellationToken);
        return await client.GetJobAsync(id, cancellationToken);
    }

    private readonly record struct Watched(long Updates, long MostOutstanding, JobState Last);
}
