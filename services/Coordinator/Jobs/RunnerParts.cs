namespace Cluster.Coordinator.Jobs;

/// <summary>Makes runners and their parts: each names in its constructor what it uses of the coordinator's services, and what belongs to its job
/// comes from whoever makes it.</summary>
internal sealed class RunnerParts(IServiceProvider services)
{
    /// <param name="ofTheJob">What is no service, each of a type of its own.</param>
    public T Make<T>(params object[] ofTheJob) => ActivatorUtilities.CreateInstance<T>(services, ofTheJob);
}
