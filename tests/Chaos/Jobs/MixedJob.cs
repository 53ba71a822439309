using Cluster.Client;
using Cluster.Client.Jobs;

namespace Cluster.Chaos.Jobs;

/// <summary>A job of the mix and what must come of it.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Submit">Submits it under an idempotency key: however often it is sent, it is one job.</param>
/// <param name="Check">What is wrong with the ended job; empty where all is right.</param>
internal sealed record MixedJob(
    string Name,
    Func<ClusterClient, string, CancellationToken, Task<JobInfo>> Submit,
    Func<JobInfo, IEnumerable<string>> Check)
{
    /// <summary>How long after its submission it is cancelled; null for never.</summary>
    public TimeSpan? CancelAfter { get; init; }
}
