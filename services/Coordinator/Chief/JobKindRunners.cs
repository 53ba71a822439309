using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Supervision;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Chief;

/// <summary>What is particular to a kind of job: how it is run, and what of it goes when it has ended.</summary>
internal sealed class JobKindRunners(RunnerParts parts, RedisJobs jobs, TrainingCleanUp trainings)
{
    /// <exception cref="NotSupportedException">The job is of a kind of a later version.</exception>
    public JobRunner Create(JobRecord job, string owner) => job.Kind switch
    {
        JobKinds.Pi or JobKinds.Computation or JobKinds.Op => parts.Make<ComputationRunner>(job, owner),
        JobKinds.Training => parts.Make<TrainingRunner>(job, owner),
        _ => throw new NotSupportedException($"job {job.Id} is of kind '{job.Kind}', which this coordinator does not run"),
    };

    /// <summary>Deletes what only a running job needs.</summary>
    public Task CleanUpAsync(JobRecord job, CancellationToken cancellationToken)
        => job.Kind == JobKinds.Training ? trainings.RunAsync(job.Id, cancellationToken) : jobs.CleanUpAsync(job.Id);
}
