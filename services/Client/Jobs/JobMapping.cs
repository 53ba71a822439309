using System.Text.Json;
using Cluster.Client.Errors;
using Google.Protobuf.WellKnownTypes;
using V1 = Cluster.Contracts.Jobs.V1;

namespace Cluster.Client.Jobs;

/// <summary>The coordinator's messages as the client's types.</summary>
internal static class JobMapping
{
    public static JobUpdate ToUpdate(this V1.JobUpdate update)
        => new(update.Job.ToInfo(), [.. update.Placements.Select(p => new Placement(p.Item, p.Device))])
        {
            PartialResults = [.. update.PartialResults.Select(r => r.ToResult())],
        };

    public static JobInfo ToInfo(this V1.Job job)
    {
        var progress = ToProgress(job, job.Progress ?? new V1.Progress());
        return ToInfo(job, progress, job.Training?.ToProgress(progress));
    }

    private static JobInfo ToInfo(V1.Job job, JobProgress progress, TrainingProgress? training) => new()
    {
        Id = job.Id,
        Kind = job.Kind,
        State = ToState(job.State),
        Spec = ReadJson(job.Id, "spec", job.SpecJson),
        SubmittedAt = ToTime(job.SubmittedAt) ?? DateTimeOffset.UnixEpoch,
        StartedAt = ToTime(job.StartedAt),
        EndedAt = ToTime(job.EndedAt),
        Result = ReadJson(job.Id, "result", job.ResultJson),
        Error = job.Error,
        Progress = progress,
        Training = training,
        Generation = job.Generation,
        Device = job.Device,
        SubmissionKey = job.IdempotencyKey,
    };

    private static JobProgress ToProgress(V1.Job job, V1.Progress progress) => new()
    {
        JobId = job.Id,
        State = ToState(job.State),
        Done = progress.Done,
        Total = progress.Total,
        Unit = progress.Unit,
        Rate = progress.Rate,
        ItemsDone = progress.ItemsDone,
        ItemsOutstanding = progress.ItemsOutstanding,
        ItemsRepublished = progress.ItemsRepublished,
        ItemsFailed = progress.ItemsFailed,
        ItemsTakenOver = progress.ItemsTakenOver,
        Chiefs = progress.Chiefs,
        WaitingFor = progress.WaitingFor,
    };

    private static JobState ToState(V1.JobState state) => state switch
    {
        V1.JobState.Pending => JobState.Pending,
        V1.JobState.Running => JobState.Running,
        V1.JobState.Succeeded => JobState.Succeeded,
        V1.JobState.Failed => JobState.Failed,
        V1.JobState.Cancelled => JobState.Cancelled,
        _ => JobState.Unknown,
    };

    private static DateTimeOffset? ToTime(Timestamp? time) => time?.ToDateTimeOffset();

    private static JsonElement? ReadJson(string jobId, string what, string json)
    {
        if (json.Length == 0) return null;

        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException e)
        {
            throw new ClusterException($"job {jobId}: its {what} is not JSON: {e.Message}", e);
        }
    }
}
