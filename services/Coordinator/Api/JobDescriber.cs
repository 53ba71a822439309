using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Computations;
using Cluster.Coordinator.Conditions;
using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Jobs;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Coordinator.Api;

/// <summary>Jobs as clients see them: the record, and what the runner knows beyond it where the job runs here.</summary>
internal sealed class JobDescriber(JobFeeds feeds, RedisTraining trainings, ClusterCondition condition)
{
    public async Task<Job> DescribeAsync(JobRecord job)
    {
        var live = feeds.TryGet(job.Id, out var feed) ? feed.Latest : null;
        var message = new Job
        {
            Id = job.Id,
            Kind = job.Kind,
            State = job.State,
            SpecJson = job.Spec,
            SubmittedAt = job.Submitted.ToTimestamp(),
            StartedAt = job.Started?.ToTimestamp(),
            EndedAt = job.Ended?.ToTimestamp(),
            ResultJson = job.State is JobState.Succeeded or JobState.Cancelled ? job.Result : "",
            Error = job.Error,
            Generation = job.Generation.ToString(),
            Device = job.Device,
            IdempotencyKey = job.IdempotencyKey,
            Progress = Progress(job, live),
        };
        if (job.Kind == JobKinds.Training)
            message.Training = (job.HasEnded ? null : live?.Training) ?? TrainingFigures.Describe(await trainings.ReadAsync(job.Id), live: null);
        return message;
    }

    private Progress Progress(JobRecord job, JobProgress? live)
    {
        var (done, total, unit) = Work(job);
        return new Progress
        {
            Done = job.HasEnded ? done : Math.Max(done, live?.Done ?? 0),
            Total = total,
            Unit = unit,
            Rate = job.HasEnded ? AverageRate(job, done) : live?.Rate ?? 0,
            ItemsDone = Math.Max(job.Ranges, live?.ItemsDone ?? 0),
            ItemsOutstanding = job.HasEnded ? 0 : live?.ItemsOutstanding ?? 0,
            ItemsRepublished = job.Republished,
            ItemsFailed = job.Failed,
            ItemsTakenOver = job.TakenOver,
            Chiefs = job.Chiefs,
            WaitingFor = job.HasEnded ? "" : WaitingFor(live),
        };
    }

    // What all wait for hides what one waits for, which it often brings about: leases cannot be renewed in a Redis that is full.
    private string WaitingFor(JobProgress? live) => condition.WaitingFor is { Length: > 0 } all ? all : live?.WaitingFor ?? "";

    // A job of a later version's kind is listed too, without what only that version knows.
    private static (long Done, long Total, string Unit) Work(JobRecord job)
    {
        switch (job.Kind)
        {
            case JobKinds.Pi or JobKinds.Computation or JobKinds.Op:
                var plan = ComputationPlan.For(job);
                return (plan.Units(job.Done), plan.TotalUnits, plan.Unit.Name);
            case JobKinds.Training:
                // One that succeeded before its last planned step has done all that it had to do.
                return (job.Done, job.State == JobState.Succeeded ? job.Done : job.Total, "steps");
            default:
                return (job.Done, job.Total, "");
        }
    }

    private static double AverageRate(JobRecord job, long done)
        => job is { Started: { } started, Ended: { } ended } && ended > started ? done / (ended - started).TotalSeconds : 0;
}
