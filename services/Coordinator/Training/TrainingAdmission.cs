using System.Text.Json;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Checkpoints;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Tasks;

namespace Cluster.Coordinator.Training;

/// <summary>Refuses training jobs that this cluster cannot run, before anything of them is written.</summary>
internal sealed class TrainingAdmission(TrainingPlanner planner, JobStart starts, TaskView tasks)
{
    /// <returns>The job, with its data set's id in the place of a name: it keeps that one, whatever the name stands for later.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT with every violation.</exception>
    public async Task<NewJob> AdmitAsync(NewJob job, CancellationToken cancellationToken)
    {
        if (job.Kind != JobKinds.Training) return job;
        var spec = await planner.ResolveAsync(JsonSerializer.Deserialize<TrainingSpec>(job.Spec, SpecJson.Options)!, cancellationToken);
        int stores = await tasks.StoreCountAsync(cancellationToken);
        IReadOnlyList<SpecViolation> wrong = await planner.CheckAsync(spec, stores, cancellationToken);
        if (wrong.Count == 0 && spec.From is not null)
            wrong = await starts.CheckAsync(await planner.PlanAsync(spec, Math.Max(1, spec.ParameterStores > 0 ? spec.ParameterStores : stores), cancellationToken));
        if (wrong.Count > 0) throw SpecRejection.ToRpcException(wrong);
        return job with { Spec = JsonSerializer.Serialize(spec, SpecJson.Options) };
    }
}
