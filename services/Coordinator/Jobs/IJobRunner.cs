namespace Cluster.Coordinator.Jobs;

/// <summary>Runs one job from its record in Redis to its end; whatever its kind, starting, resuming and recovering are one path.</summary>
internal interface IJobRunner
{
    /// <summary>Tells the runner what a worker said, or that the record changed; a hint that may be dropped.</summary>
    void Tell(object signal);

    /// <summary>Runs until the job has ended or is not this chief's any more.</summary>
    /// <exception cref="OperationCanceledException">The chief leaves office; the next one goes on from the record.</exception>
    Task RunAsync(CancellationToken cancellationToken);
}
