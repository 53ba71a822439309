using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Checkpoints;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Tasks;
using Cluster.Storage.Jobs;
using Grpc.Core;

namespace Cluster.Coordinator.Planning;

/// <summary>Refuses training jobs that this cluster cannot run, before anything of them is written.</summary>
internal sealed class TrainingAdmission(TrainingPlanner planner, JobStart starts, LiveTasks tasks, RedisJobs jobs, RedisRoom room)
{
    /// <returns>The job, with its data set's id in the place of a name: it keeps that one, whatever the name stands for later.</returns>
    /// <exception cref="RpcException">INVALID_ARGUMENT with every violation; RESOURCE_EXHAUSTED where its commits do not fit into Redis.</exception>
    public async Task<NewJob> AdmitAsync(NewJob job, CancellationToken cancellationToken)
    {
        if (job.Kind != JobKinds.Training) return job;
        var spec = await planner.ResolveAsync(JsonSerializer.Deserialize<TrainingSpec>(job.Spec, SpecJson.Options)!, cancellationToken);
        var stores = await tasks.StoreCountAsync(cancellationToken);
        var wrong = await planner.CheckAsync(spec, stores, cancellationToken);
        if (wrong.Count == 0 && spec.From is not null)
            wrong = await starts.CheckAsync(await planner.PlanAsync(spec,
                Math.Max(1, spec.ParameterStores > 0 ? spec.ParameterStores : stores), cancellationToken));
        if (wrong.Count > 0) throw SpecRejection.ToRpcException(wrong);
        // One that is repeated has its room already.
        if (await room.RefusalAsync(await CommitBytesAsync(spec, cancellationToken), "the job with its commits and checkpoints") is { } refusal
            && !await jobs.WasSubmittedAsync(job.IdempotencyKey))
        {
            throw new RpcException(refusal);
        }

        return job with { Spec = JsonSerializer.Serialize(spec, SpecJson.Options) };
    }

    // The last commit stays until the next one is whole, and so do the checkpoints that are asked for.
    private async Task<long> CommitBytesAsync(TrainingSpec spec, CancellationToken cancellationToken)
    {
        const int commits = 2;
        var checkpoints = spec.CheckpointEverySteps > 0 || spec.CheckpointEveryEpochs > 0 ? spec.KeepCheckpoints : 0;
        return await planner.SnapshotBytesAsync(spec, cancellationToken) * (commits + checkpoints);
    }
}
