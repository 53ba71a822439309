using Cluster.Contracts.Errors;
using Cluster.Coordinator.Checkpoints;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Tasks;
using Cluster.Models.Data;
using Cluster.Protocol.Plans;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;

namespace Cluster.Coordinator.Planning;

/// <summary>The begin of a training job: its plan, made once. What it is trained on and with how many ranges stays as it is, whatever comes and goes.
/// Owned by one runner.</summary>
internal sealed class PlanStage(TrainingJob job, JobTrace trace, RedisTraining records, TrainingPlanner planner, JobStart starts, LiveTasks tasks,
    ILogger<PlanStage> logger)
{
    /// <summary>The plan that the record holds; null until there is one.</summary>
    public TrainingPlan? Plan { get; private set; }

    /// <summary>What is missing for a plan; empty while nothing is.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>Reads the plan, or makes it where there is none.</summary>
    /// <returns>The error with which the job ends; null while it goes on.</returns>
    /// <exception cref="JobMovedException">There is no such job.</exception>
    public async Task<string?> MakeAsync(CancellationToken cancellationToken)
    {
        var record = await records.ReadAsync(job.Id) ?? throw new JobMovedException("missing");
        if (record.Plan is { } made)
        {
            Plan = made;
            return null;
        }

        var stores = await tasks.StoreCountAsync(cancellationToken);
        var wanted = job.Spec.ParameterStores > 0 ? job.Spec.ParameterStores : Math.Max(1, stores);
        WaitingFor = stores >= wanted ? "" : $"{wanted} ps tasks (there are {stores})";
        return stores < wanted ? null : await PlanAsync(wanted, cancellationToken);
    }

    /// <summary>Writes a plan, unless there is one, and with it the state that it begins with.</summary>
    /// <exception cref="ArgumentException">That state is gone or damaged.</exception>
    public async Task<TrainingAnswer> WriteAsync(TrainingPlan plan, CancellationToken cancellationToken)
    {
        var start = await starts.CopyAsync(job.Id, plan, cancellationToken);
        return await records.PlanAsync(job.Id, job.Owner, plan, TrainingPlanner.Placements(plan), start);
    }

    private async Task<string?> PlanAsync(int stores, CancellationToken cancellationToken)
    {
        using var span = trace.BeginOnce("training plan");
        TrainingPlan plan;
        try
        {
            plan = await planner.PlanAsync(job.Spec, stores, cancellationToken);
            planner.RequireShards(plan);
            plan = await starts.PlanAsync(plan);
            if (await WriteAsync(plan, cancellationToken) != TrainingAnswer.Done) return null;
        }
        catch (Exception e) when (e is ArgumentException or DataFormatException or NotSupportedException)
        {
            return FailureText.Of(e);
        }

        var clocks = plan.Schedule().TotalClocks;
        TrainingLog.Planned(logger, job.Id, plan.Parameters, plan.Stores, clocks, job.Spec.Lanes);
        Plan = plan;
        return null;
    }
}
