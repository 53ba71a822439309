using Cluster.Coordinator.Tasks;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Microsoft.Extensions.Options;

namespace Cluster.Coordinator.Supervision;

/// <summary>What goes when a training job has ended: its shards on the ps tasks, and all in Redis but the record and the last commit.</summary>
internal sealed class TrainingCleanUp(
    RedisTraining records, RedisSummaries summaries, RedisJobs jobs, StoreChannels channels, LiveTasks tasks, IOptions<CoordinatorOptions> options)
{
    /// <summary>Cleans up; what could not be reached is left for the chief's next sweep.</summary>
    public async Task RunAsync(string jobId, CancellationToken cancellationToken)
    {
        var record = await records.ReadAsync(jobId);
        if (record is { Plan: { } plan } && record.Protocol.Generation != Generation.None)
        {
            var stores = new StoreView(jobId, channels);
            await stores.ReadAsync(plan.Stores, await tasks.StoresAsync(cancellationToken));
            if (!await stores.CloseAsync(record.Protocol.Generation.ToMessage())) return;
        }

        await records.CloseAsync(jobId, options.Value.JobRetention);
        await summaries.CloseAsync(jobId, options.Value.JobRetention);
        await jobs.CleanUpAsync(jobId);
    }
}
