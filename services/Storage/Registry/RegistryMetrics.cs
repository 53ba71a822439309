using System.Diagnostics.Metrics;

namespace Cluster.Storage.Registry;

/// <summary>Metrics of leases.</summary>
internal static class RegistryMetrics
{
    private static readonly Meter Meter = new("Cluster.Registry");

    private static readonly Counter<long> Renewals = Meter.CreateCounter<long>(
        "cluster.lease.renewals", "{renewal}", "Renewals of this process's leases, by what came of them");

    /// <param name="lease">What is renewed: a task, or the claim of a GPU.</param>
    /// <param name="outcome"><c>renewed</c>, <c>lost</c> to a new holder, or <c>failed</c>: it is tried again.</param>
    public static void Renewed(LeaseGrant lease, string outcome) => Renewals.Add(1, new("role", lease.IsTask ? lease.JobName : "gpu"), new("outcome", outcome));
}
