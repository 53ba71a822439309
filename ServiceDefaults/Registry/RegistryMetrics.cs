using System.Diagnostics.Metrics;

namespace Cluster.ServiceDefaults.Registry;

/// <summary>Metrics of leases.</summary>
internal static class RegistryMetrics
{
    private static readonly Meter Meter = new("Cluster.Registry");

    private static readonly Counter<long> Renewals = Meter.CreateCounter<long>(
        "cluster.lease.renewals", "{renewal}", "Renewals of this process's leases, by what came of them");

    /// <param name="jobName">TensorFlow's job name.</param>
    /// <param name="outcome"><c>renewed</c>, <c>lost</c> to a new holder, or <c>failed</c>: it is tried again.</param>
    public static void Renewed(string jobName, string outcome) => Renewals.Add(1, new("role", jobName), new("outcome", outcome));
}
