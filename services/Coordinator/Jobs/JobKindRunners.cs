using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Training;
using Cluster.Storage.Jobs;

namespace Cluster.Coordinator.Jobs;

/// <summary>What is particular to a kind of job: how it is run, and what of it goes when it has ended.</summary>
internal sealed class JobKindRunners(RunnerContext computations, TrainingContext trainings)
{
    /// <exception cref="NotSupportedException">The job is of a kind of a later version.</exception>
    public IJobRunner Create(JobRecord job, string owner) => job.Kind switch
    {
        JobKinds.Pi or JobKinds.Computation or JobKinds.Op => new ComputationRunner(job, owner, computations),
        JobKinds.Training => new TrainingRunner(job, owner, trainings),
        _ => throw new NotSupportedException($"job {job.Id} is of kind '{job.Kind}', which this coordinator does not run"),
    };

    /// <summary>Deletes what only a running job needs.</summary>
    public Task CleanUpAsync(JobRecord job, CancellationToken cancellationToken) => job.Kind == JobKinds.Training
        ? trainings.CleanUp.RunAsync(job.Id, cancellationToken)
        : computations.Jobs.CleanUpAsync(job.Id);
}
