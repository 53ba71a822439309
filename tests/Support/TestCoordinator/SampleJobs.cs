using Cluster.Contracts.Jobs.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.TestCoordinator;

/// <summary>A Pi job of 2,000 points with seed 42, at the stages of its life.</summary>
public static class SampleJobs
{
    public const string Id = "job-1";

    /// <summary>Blocks [0, 1000) of seed 42.</summary>
    public const long Inside = 1572;

    private static readonly DateTime Start = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static Job Running(long done = 0) => Create(JobState.Running, done);

    public static Job Succeeded()
    {
        var job = Ended(JobState.Succeeded, "");
        job.ResultJson = $$"""{"points":2000,"inside":{{Inside}}}""";
        return job;
    }

    public static Job Ended(JobState state, string error)
    {
        var job = Create(state, state == JobState.Succeeded ? 2000 : 500);
        job.EndedAt = Timestamp.FromDateTime(Start.AddMilliseconds(2500));
        job.Error = error;
        return job;
    }

    private static Job Create(JobState state, long done) => new()
    {
        Id = Id,
        Kind = "pi",
        State = state,
        SpecJson = """{"points":2000,"seed":42,"logDevicePlacement":false}""",
        SubmittedAt = Timestamp.FromDateTime(Start.AddMilliseconds(-250)),
        StartedAt = Timestamp.FromDateTime(Start),
        Generation = "1.00000000000000ff",
        IdempotencyKey = "key-1",
        Progress = new Progress
        {
            Done = done,
            Total = 2000,
            Unit = "points",
            Rate = 1000,
            ItemsDone = 1,
            ItemsOutstanding = 2,
            ItemsTakenOver = 3,
            Chiefs = 4
        },
    };
}
