using System.Globalization;
using Cluster.Storage.Training;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Training;

internal static class BusyTrainer
{
    private const string Item = "segment of ";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>
    /// Suspends a worker at a moment at which every worker has begun an item of the newest segment and not ended it: what
    /// follows hits work under way for certain.
    /// </summary>
    public static async Task<ServiceProcess> SuspendAsync(TestCluster cluster, string jobId, CancellationToken cancellationToken)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        var victim = cluster.Workers[0];
        await Poll.UntilAsync($"all workers have items of {jobId}", SuspendAsync, busy => busy, Limit, cancellationToken);
        return victim;

        async Task<bool> SuspendAsync()
        {
            victim.Suspend();
            if (await AreAllBusyAsync(redis.GetDatabase(), jobId, cluster.Workers.Count)) return true;
            victim.Resume();
            return false;
        }
    }

    // What the worker sent before it was suspended may still be on its way to Redis: a second look finds it arrived.
    private static async Task<bool> AreAllBusyAsync(IDatabase redis, string jobId, int workers)
    {
        for (var look = 0; look < 2; look++)
        {
            // A field for each item while a worker is on it.
            var begun = (await redis.HashKeysAsync(TrainingKeys.Blame(jobId)))
                .Select(field => (string)field!).Where(field => field.StartsWith(Item, StringComparison.Ordinal)).Select(SegmentOf).ToList();
            var newest = begun.DefaultIfEmpty(-1).Max();
            if (begun.Count(segment => segment == newest) != workers) return false;
            await redis.PingAsync();
        }

        return true;
    }

    // "segment of CLOCK@LANE"; no batch of these jobs fails, so that there are no other fields.
    private static long SegmentOf(string field)
        => long.Parse(field.AsSpan(Item.Length, field.IndexOf('@', StringComparison.Ordinal) - Item.Length), CultureInfo.InvariantCulture);
}
