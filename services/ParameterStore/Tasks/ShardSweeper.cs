using Cluster.Protocol.Segments;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Training;

namespace Cluster.ParameterStore.Tasks;

/// <summary>Frees the shards of jobs that have ended without this process hearing of it: suspended, out of reach,
/// or told by a coordinator that was replaced.</summary>
internal sealed class ShardSweeper(ParameterStorePool pool, RedisTraining training, TimeProvider time, ILogger<ShardSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly HashSet<(int Task, string Job)> _ended = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SweepAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // A job is dropped when it was found ended twice: it may have been read before its record was written.
    private async Task SweepAsync()
    {
        foreach (var task in pool.Tasks)
        {
            foreach (var job in task.Unattended())
            {
                if (!await HasEndedAsync(job)) _ended.Remove((task.Index, job));
                else if (!_ended.Add((task.Index, job)))
                {
                    ParameterStoreLog.ShardDropped(logger, job);
                    task.Drop(job);
                    _ended.Remove((task.Index, job));
                }
            }
        }
    }

    private async Task<bool> HasEndedAsync(string job)
    {
        try
        {
            return await training.CurrentGenerationAsync(job) == Generation.None;
        }
        catch (Exception e) when (RedisErrors.IsTransient(e))
        {
            return false;
        }
    }
}
