using Cluster.Compute.Optimizers;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Shards;
using Cluster.Storage.Checkpoints;
using Cluster.Storage.Snapshots;

namespace Cluster.Coordinator.Checkpoints;

/// <summary>What a training job begins with, where its spec names a checkpoint: whether it can, and a copy of the state in the job's own ranges.</summary>
/// <remarks>A job that begins with a checkpoint has that copy as its first commit; from there on nothing tells it from a job that was recovered.</remarks>
internal sealed class JobStart(RedisCheckpoints checkpoints, CheckpointCopier copier, TimeProvider time)
{
    /// <summary>Everything that keeps a job from beginning as its spec asks.</summary>
    public async Task<IReadOnlyList<SpecViolation>> CheckAsync(TrainingPlan plan)
    {
        if (plan.Spec.From is not { } from || !CheckpointId.TryParse(from, out var id)) return [];
        return await checkpoints.FindAsync(id) is { } found
            ? Continuation.Check(found.Id, found.Plan, found.State.Clock, plan)
            : [new SpecViolation("from", from, "there is no such checkpoint, or it is not kept any more")];
    }

    /// <summary>The plan with what it begins with.</summary>
    /// <exception cref="ArgumentException">The job cannot begin so.</exception>
    public async Task<TrainingPlan> PlanAsync(TrainingPlan plan)
    {
        if (plan.Spec.From is not { } from) return plan;
        if (!CheckpointId.TryParse(from, out var id) || await checkpoints.FindAsync(id) is not { } found)
            throw new ArgumentException($"from: {from}: there is no such checkpoint, or it is not kept any more");
        var wrong = Continuation.Check(found.Id, found.Plan, found.State.Clock, plan);
        if (wrong.Count > 0) throw new ArgumentException(string.Join("; ", wrong));
        return plan with { Start = new PlannedStart(found.Id, plan.Spec.WeightsOnly ? 0 : found.State.Clock, plan.Spec.WeightsOnly) };
    }

    /// <summary>Writes the state that a plan begins with; null where it begins anew.</summary>
    /// <exception cref="ArgumentException">The checkpoint is gone or damaged.</exception>
    public async Task<CommitManifest?> CopyAsync(string job, TrainingPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Start is not { } start) return null;
        if (!CheckpointId.TryParse(start.Checkpoint, out var id) || await checkpoints.FindAsync(id) is not { } source)
            throw new ArgumentException($"from: {start.Checkpoint}: is not kept any more");
        try
        {
            var copy = await copier.CopyAsync(
                source, job, plan, start.Clock, start.WeightsOnly ? 0 : source.State.Examples, start.WeightsOnly ? OptimizerOf(plan) : null, cancellationToken);
            return new CommitManifest
            {
                Generation = copy.Generation,
                Clock = copy.Clock,
                Examples = copy.Examples,
                Snapshots = copy.Snapshots,
                Previous = [],
                Expired = [],
                Time = time.GetUtcNow().ToUnixTimeMilliseconds(),
            };
        }
        catch (SnapshotUnreadableException e)
        {
            throw new ArgumentException($"from: {start.Checkpoint}: cannot be read: {e.Message}", e);
        }
    }

    // What a step divides its gradient by plays no part in how slots begin.
    private static Optimizer OptimizerOf(TrainingPlan plan) => plan.Spec.ToMessage(GradientScale.Mean, plan.Schedule().TotalClocks).ToOptimizer();
}
