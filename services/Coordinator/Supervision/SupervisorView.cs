using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Coordinator.Tasks;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Plans;
using Cluster.Storage.Durability;
using Cluster.Storage.Jobs;
using Cluster.Storage.Registry;
using Cluster.Storage.Training;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Supervision;

/// <summary>Puts together what a supervisor decides from: what Redis said last, and what the ps tasks say now. Owned by one runner.</summary>
internal sealed class SupervisorView(TrainingJob job, TrainingPlan plan, StoreView stores, TrainingFigures figures, RedisTraining records,
    RedisDurability durability, LiveTasks tasks, WorkerShares shares, TimeProvider time)
{
    private static readonly TimeSpan RunPeriod = TimeSpan.FromSeconds(1);

    private long? _runReadAt;

    /// <summary>What Redis said last; null before it has said something.</summary>
    public Knowledge? Known { get; set; }

    /// <summary>Whether every ps task served the job when it was asked last.</summary>
    public bool IsServed { get; private set; }

    /// <summary>The job's part of its devices, as of the last reading.</summary>
    public WorkerShare Share { get; private set; }

    /// <summary>Asks Redis for all that it knows, at once; changes nothing here.</summary>
    /// <exception cref="JobMovedException">There is no such job.</exception>
    public async Task<Knowledge> ReadRedisAsync(CancellationToken cancellationToken)
    {
        var workers = tasks.WorkersAsync(cancellationToken);
        var holders = tasks.StoresAsync(cancellationToken);
        var record = records.ReadAsync(job.Id, plan);
        var run = Known is { } known && _runReadAt is { } at && time.GetElapsedTime(at) < RunPeriod
            ? Task.FromResult(known.Run)
            : ReadRunAsync();
        await Task.WhenAll(workers, holders, record, run);
        return new Knowledge(await record ?? throw new JobMovedException("missing"), await workers, await holders, await run);
    }

    /// <summary>Asks the ps tasks, and takes or leaves the job's share of the workers.</summary>
    /// <param name="placement">Where its items can go; null where they cannot.</param>
    public async Task<ClusterView> ReadAsync(TrainingPlacement? placement)
    {
        var (record, _, holders, run) = Known!;
        var tasks = await stores.ReadAsync(plan.Stores, holders);
        figures.Observe(stores.Reports);
        IsServed = stores.Reports.All(report => report is { Phase: V1.Phase.Serving });
        var devices = placement?.Devices ?? [];
        // A job that only waits leaves the workers to the others.
        if (IsServed && record.Protocol.End is null && record.Protocol.Manifest?.Clock != plan.Schedule().TotalClocks) shares.Enter(job.Id, devices);
        else shares.Leave(job.Id);
        Share = shares.Of(job.Id, devices);
        return new ClusterView
        {
            Record = record.Protocol,
            Holder = TrainingJob.TokenOf(record.Owner),
            RedisRun = run,
            Tasks = tasks,
            Time = time.GetUtcNow().ToUnixTimeMilliseconds(),
            WorkerSlots = Math.Min(plan.Streams, Share.Count),
            Rivals = Share.Rivals,
            IsShared = Share.IsShared,
        };
    }

    private async Task<ulong> ReadRunAsync()
    {
        var run = await durability.RunAsync();
        _runReadAt = time.GetTimestamp();
        return run;
    }

    /// <summary>What Redis said of a job and of the cluster.</summary>
    /// <param name="Record">The job's record.</param>
    /// <param name="Workers">The live workers.</param>
    /// <param name="Holders">The live ps tasks.</param>
    /// <param name="Run">Which run of Redis said so.</param>
    public sealed record Knowledge(TrainingRecord Record, IReadOnlyList<RegisteredTask> Workers, IReadOnlyList<RegisteredTask> Holders, ulong Run);
}
