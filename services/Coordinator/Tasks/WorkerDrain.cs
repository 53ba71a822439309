using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Storage.Registry;
using Grpc.Core;

namespace Cluster.Coordinator.Tasks;

/// <summary>A worker that was asked to leave.</summary>
/// <param name="Worker">The worker, as it was when it was asked.</param>
/// <param name="WasDraining">It had been asked before.</param>
/// <param name="WorkersLeft">Workers that stay.</param>
internal sealed record DrainedWorker(RegisteredTask Worker, bool WasDraining, int WorkersLeft);

/// <summary>
/// Asks workers to leave, by a mark beside their lease in the registry: replicas share an address, so that no call would reach a
/// certain one of them, and each hears of its mark at its next renewal, whichever coordinator set it.
/// </summary>
internal sealed class WorkerDrain(RedisRegistry registry)
{
    /// <summary>Asks one worker to leave.</summary>
    /// <param name="name">Its task's name, or that of its process's replica.</param>
    /// <param name="tasks">The tasks that hold a lease.</param>
    /// <exception cref="RpcException">NOT_FOUND, FAILED_PRECONDITION: there is none of this name, or it is no worker.</exception>
    public async Task<DrainedWorker> AskAsync(string name, IReadOnlyList<RegisteredTask> tasks)
    {
        var worker = Find(name, tasks) ?? throw NotFound(name, tasks);
        if (worker.JobName != JobNames.Worker)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"{worker.Name} ({worker.Instance}) is no worker: only workers are drained"));
        var outcome = await registry.DrainAsync(worker);
        if (outcome == DrainOutcome.Gone) throw NotFound(name, [.. tasks.Where(task => task != worker)]);
        var left = tasks.Count(task => task.JobName == JobNames.Worker && task != worker && !task.IsDraining);
        return new DrainedWorker(worker, outcome == DrainOutcome.AskedBefore, left);
    }

    private static RegisteredTask? Find(string name, IReadOnlyList<RegisteredTask> tasks) =>
        tasks.FirstOrDefault(task => task.Instance == name) ?? (TaskOf(name) is { } spec ? tasks.FirstOrDefault(task => spec.Matches(SpecOf(task))) : null);

    // Only what names one task: a job name and an index, and no device of it.
    private static DeviceSpec? TaskOf(string name) =>
        DeviceSpec.TryParse(name, out var spec, out _) && spec is { JobName: not null, Task: not null, Type: null } ? spec : null;

    private static DeviceSpec SpecOf(RegisteredTask task) => new() { JobName = task.JobName, Replica = 0, Task = task.Index };

    private static RpcException NotFound(string name, IReadOnlyList<RegisteredTask> tasks)
    {
        var workers = tasks.Where(task => task.JobName == JobNames.Worker).Select(task => $"{task.Name} ({task.Instance})").ToList();
        var there = workers.Count == 0 ? "there are no workers" : $"the workers are {string.Join(", ", workers)}";
        return new RpcException(new Status(StatusCode.NotFound, $"there is no task '{SpecViolation.Shown(name)}'; {there}"));
    }
}
