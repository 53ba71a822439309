using Cluster.Storage.Jobs;
using StackExchange.Redis;

namespace Cluster.Support.Processes;

internal static class BusyWorker
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>
    /// Suspends a worker at a moment at which it has claimed an item of the job and not recorded it: what follows hits
    /// work under way for certain.
    /// </summary>
    public static async Task<ServiceProcess> SuspendAsync(TestCluster cluster, string jobId, CancellationToken cancellationToken)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        var tasks = (await cluster.WorkerTasksAsync(cancellationToken)).ToDictionary(task => task.Instance, task => task.Incarnation);
        ServiceProcess? suspended = null;
        await Poll.UntilAsync($"a worker has an item of {jobId}", SuspendOneAsync, done => done, Limit, cancellationToken);
        return suspended!;

        async Task<bool> SuspendOneAsync()
        {
            foreach (var worker in cluster.Workers)
            {
                worker.Suspend();
                suspended = worker;
                if (await HoldsClaimAsync(redis.GetDatabase(), jobId, tasks[worker.Instance]))
                    return true;
                worker.Resume();
            }

            return false;
        }
    }

    // What the worker sent before it was suspended may still be on its way to Redis: a second look finds it arrived.
    private static async Task<bool> HoldsClaimAsync(IDatabase redis, string jobId, string incarnation)
    {
        for (var look = 0; look < 2; look++)
        {
            if ((await redis.HashGetAllAsync(JobKeys.Claims(jobId))).All(claim => claim.Value != incarnation))
                return false;
            await redis.PingAsync();
        }

        return true;
    }
}
