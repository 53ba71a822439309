using Cluster.Contracts.Checkpoints.V1;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Contracts.Registry.V1;

namespace Cluster.Coordinator.Access;

/// <summary>What a call was about, in short: what was asked for, without values that a spec may hold thousands of.</summary>
internal static class AuditText
{
    /// <summary>Id or name of what was made, changed or removed; empty where the call does not say.</summary>
    public static string Subject(object? request, object? reply) => (request, reply) switch
    {
        (_, Job job) => job.Id,
        (_, DataSet data) => data.Id,
        (_, Checkpoint checkpoint) => checkpoint.Id,
        (Contracts.Checkpoints.V1.RemoveRequest remove, _) => remove.Name,
        (AddRequest { Data: { } data }, _) => data.Name,
        (_, DrainTaskReply drained) => drained.Task.Instance,
        _ => "",
    };

    public static string Summary(object? request) => request switch
    {
        SubmitRequest submission => OfSpec(submission),
        CancelRequest cancel => $"job {cancel.Id}, reason '{cancel.Reason}'",
        AddRequest { Data: { } data } => $"source {WithoutQuery(data.Source)}, name '{data.Name}'",
        KeepRequest keep => $"checkpoint {keep.Id} as '{keep.Name}'",
        DrainTaskRequest drain => $"task {SpecViolation.Shown(drain.Task)}",
        Contracts.Data.V1.RemoveRequest remove => $"data set {remove.Id}",
        Contracts.Checkpoints.V1.RemoveRequest remove => $"checkpoint {remove.Name}",
        _ => "",
    };

    private static string OfSpec(SubmitRequest submission) => submission.SpecCase switch
    {
        SubmitRequest.SpecOneofCase.Pi => $"pi, {submission.Pi.Points} points, seed {submission.Pi.Seed}",
        SubmitRequest.SpecOneofCase.Computation => $"computation '{submission.Computation.Name}', {submission.Computation.IndexCount} indices",
        SubmitRequest.SpecOneofCase.Training =>
            $"training of '{submission.Training.Model}' on '{WithoutQuery(submission.Training.Data)}', mode '{submission.Training.Mode}', "
            + $"{submission.Training.Lanes} lanes, {submission.Training.Epochs} epochs",
        SubmitRequest.SpecOneofCase.Op => $"op '{submission.Op.Name}'",
        _ => "no spec",
    };

    // The query of an address may be what lets its bearer read it.
    private static string WithoutQuery(string source) => source.Split('?', 2)[0];
}
