using Cluster.Contracts.Jobs;
using Cluster.Persistence.Training;
using Cluster.Protocol.Commits;
using V1 = Cluster.Contracts.Parameters.V1;

namespace Cluster.Coordinator.Training;

/// <summary>Puts together what a supervisor decides from: record, ps tasks, run of Redis, worker slots. Owned by one runner.</summary>
internal sealed class SupervisorView(TrainingJob job, TrainingPlan plan, StoreView stores, TrainingFigures figures, TrainingContext context)
{
    private static readonly TimeSpan RunPeriod = TimeSpan.FromSeconds(1);

    private ulong _storeRun;
    private long? _runReadAt;

    /// <summary>Whether every ps task served the job when it was asked last.</summary>
    public bool IsServed { get; private set; }

    /// <summary>The job's part of its devices, as of the last reading.</summary>
    public WorkerShare Share { get; private set; }

    /// <summary>Asks the ps tasks, and takes or leaves the job's share of the workers.</summary>
    /// <param name="record">The record, just read.</param>
    /// <param name="placement">Where its items can go; null where they cannot.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ClusterView> ReadAsync(TrainingRecord record, ModelPlacement? placement, CancellationToken cancellationToken)
    {
        if (_runReadAt is not { } at || context.Time.GetElapsedTime(at) > RunPeriod)
        {
            _storeRun = await context.Durability.RunAsync();
            _runReadAt = context.Time.GetTimestamp();
        }

        IReadOnlyList<TaskView> tasks = await stores.ReadAsync(plan.Stores, cancellationToken);
        figures.Observe(stores.Reports);
        IsServed = stores.Reports.All(report => report is { Phase: V1.Phase.Serving });
        IReadOnlyList<string> devices = placement?.Devices ?? [];
        // A job that only waits leaves the workers to the others.
        if (IsServed && record.Protocol.End is null && record.Protocol.Manifest?.Clock != plan.Schedule().TotalClocks) context.Shares.Enter(job.Id, devices);
        else context.Shares.Leave(job.Id);
        Share = context.Shares.Of(job.Id, devices);
        return new ClusterView
        {
            Record = record.Protocol,
            Holder = TrainingJob.TokenOf(record.Owner),
            StoreRun = _storeRun,
            Tasks = tasks,
            Time = context.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            WorkerSlots = Math.Min(plan.Streams, Share.Count),
        };
    }
}
