namespace Cluster.Client.Jobs;

/// <summary>One thing that a watch reports: the job now, and the placements that are new since the last report.</summary>
public sealed record JobUpdate(JobInfo Job, IReadOnlyList<Placement> Placements);

/// <summary>Where an item ran.</summary>
/// <param name="Item">The item: <c>pi/range_0_64</c>.</param>
/// <param name="Device">Full name of the device: <c>/job:worker/replica:0/task:1/device:CPU:0</c>.</param>
public sealed record Placement(string Item, string Device)
{
    /// <summary>As TensorFlow logs it: <c>pi/range_0_64: /job:worker/…</c>.</summary>
    public override string ToString() => $"{Item}: {Device}";
}
