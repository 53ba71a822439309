namespace Cluster.Client.Jobs;

/// <summary>One thing that a watch reports: the job now, and what is new since the last report.</summary>
/// <param name="Job">The job.</param>
/// <param name="Placements">New placements, for jobs that log them.</param>
public sealed record JobUpdate(JobInfo Job, IReadOnlyList<Placement> Placements)
{
    /// <summary>New partial results of a training job, by the workers that saw them.</summary>
    public IReadOnlyList<PartialResult> PartialResults { get; init; } = [];
}

/// <summary>Where an item ran, or which task holds a variable.</summary>
/// <param name="Item">The item or variable: <c>pi/range_0_64</c>, <c>w</c>.</param>
/// <param name="Device">Full name of the device: <c>/job:worker/replica:0/task:1/device:CPU:0</c>.</param>
public sealed record Placement(string Item, string Device)
{
    /// <summary>As TensorFlow logs it: <c>pi/range_0_64: /job:worker/…</c>.</summary>
    public override string ToString() => $"{Item}: {Device}";
}
