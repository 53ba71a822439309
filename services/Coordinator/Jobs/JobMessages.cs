using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Computations;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Coordinator.Jobs;

/// <summary>Jobs as clients see them.</summary>
internal static class JobMessages
{
    /// <param name="job">The record.</param>
    /// <param name="live">What the runner knows beyond the record, or null when it does not run here.</param>
    public static Job ToMessage(this JobRecord job, JobProgress? live) => new()
    {
        Id = job.Id,
        Kind = job.Kind,
        State = job.State,
        SpecJson = job.Spec,
        SubmittedAt = job.Submitted.ToTimestamp(),
        StartedAt = job.Started?.ToTimestamp(),
        EndedAt = job.Ended?.ToTimestamp(),
        ResultJson = job.State == JobState.Succeeded ? job.Result : "",
        Error = job.Error,
        Generation = job.Generation.ToString(),
        Progress = Progress(job, live),
    };

    private static Progress Progress(JobRecord job, JobProgress? live)
    {
        var plan = ComputationPlan.For(job);
        var done = plan.Units(job.Done);
        return new Progress
        {
            Done = job.HasEnded ? done : Math.Max(done, live?.Done ?? 0),
            Total = plan.TotalUnits,
            Unit = plan.Unit.Name,
            Rate = job.HasEnded ? AverageRate(job, done) : live?.Rate ?? 0,
            ItemsDone = Math.Max(job.Ranges, live?.ItemsDone ?? 0),
            ItemsOutstanding = job.HasEnded ? 0 : live?.ItemsOutstanding ?? 0,
            ItemsRepublished = job.Republished,
            ItemsFailed = job.Failed,
            ItemsTakenOver = job.TakenOver,
            Chiefs = job.Chiefs,
            WaitingFor = job.HasEnded ? "" : live?.WaitingFor ?? "",
        };
    }

    private static double AverageRate(JobRecord job, long done)
        => job is { Started: { } started, Ended: { } ended } && ended > started ? done / (ended - started).TotalSeconds : 0;
}
