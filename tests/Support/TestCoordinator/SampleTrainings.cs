using Cluster.Contracts.Jobs.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.TestCoordinator;

/// <summary>A training job on the example of a line, two lanes, at the stages of its life.</summary>
public static class SampleTrainings
{
    public const string Id = "training-1a2b3c4d";

    /// <summary>⌈101/2⌉ steps an epoch, 200 epochs.</summary>
    public const long Steps = 10_200;

    /// <summary>101 examples an epoch, 200 epochs.</summary>
    public const long Examples = 20_200;

    public const string Fingerprint = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    /// <summary>Tensors in an order that is not the alphabet's.</summary>
    public const string ResultJson =
        $$"""{"mode":"async","lanes":2,"steps":10200,"examples":20200,"loss":0.15831,"parameters":{"w":[1.983],"b":[0.2104]}"""
            + $$""","fingerprint":"{{Fingerprint}}"}""";

    private static readonly DateTime Start = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>Accepted; nothing is opened yet.</summary>
    public static Job Pending(string waitingFor = "")
    {
        var job = Create(JobState.Pending, 0);
        job.Training = null;
        job.StartedAt = null;
        job.Progress.Rate = 0;
        job.Progress.WaitingFor = waitingFor;
        return job;
    }

    public static Job Running(long step) => Create(JobState.Running, step);

    public static Job Succeeded()
    {
        var job = Ended(JobState.Succeeded, "");
        job.ResultJson = ResultJson;
        return job;
    }

    public static Job Ended(JobState state, string error)
    {
        var job = Create(state, state == JobState.Succeeded ? Steps : 5100);
        job.EndedAt = Timestamp.FromDateTime(Start.AddSeconds(4));
        job.Error = error;
        return job;
    }

    public static PartialResult Partial(int task, long clock, float weight, float bias) => new()
    {
        Task = $"/job:worker/task:{task}",
        Clock = clock,
        Parameters = { new Tensor { Name = "w", Values = { weight } }, new Tensor { Name = "b", Values = { bias } } },
    };

    public static Placement[] Placements() =>
    [
        new Placement { Item = "w", Device = "/job:ps/replica:0/task:0/device:CPU:0" },
        new Placement { Item = "b", Device = "/job:ps/replica:0/task:1/device:CPU:0" },
    ];

    private static Job Create(JobState state, long step) => new()
    {
        Id = Id,
        Kind = "training",
        State = state,
        SpecJson = """{"model":"linear","mode":"async","lanes":2}""",
        SubmittedAt = Timestamp.FromDateTime(Start.AddMilliseconds(-250)),
        StartedAt = Timestamp.FromDateTime(Start),
        Generation = "2.00000000000000ff",
        Progress = new Progress { Done = step, Total = Steps, Unit = "steps", Rate = 2550, ItemsDone = 4, ItemsOutstanding = 2, Chiefs = 1 },
        Training = new TrainingProgress
        {
            Lanes = 2,
            ParameterStores = 2,
            CommittedClock = step / 2,
            CommittedExamples = step,
            Segments = 5,
            Commits = 4,
            Generations = 2,
            Steals = 3,
            Refusals = { ["rewind"] = 1, ["duplicate"] = 1200 },
            Loss = 0.16251,
            Examples = 2 * step,
            ExamplesRate = 5100,
        },
    };
}
