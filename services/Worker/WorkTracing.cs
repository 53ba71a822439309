using System.Diagnostics;

namespace Cluster.Worker;

/// <summary>The spans of items on a device slot: from when they have it, to when they are done. Steps have none.</summary>
internal static class WorkTracing
{
    private static readonly ActivitySource Source = new("Cluster.Worker");

    /// <param name="name">What is done: <c>segment train</c>.</param>
    /// <param name="jobId">For which job.</param>
    /// <param name="device">Full name of the slot's device.</param>
    public static Activity? Begin(string name, string jobId, string device)
        => Activity.Current is null ? null : Source.StartActivity(name)?.SetTag("cluster.job.id", jobId).SetTag("cluster.device", device);
}
