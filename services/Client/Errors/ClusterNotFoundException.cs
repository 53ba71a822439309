namespace Cluster.Client.Errors;

/// <summary>Nothing says where a cluster is, or what was named is not there.</summary>
public sealed class ClusterNotFoundException(string reason, Exception? innerException = null)
    : ClusterException(reason, innerException)
{
    internal static ClusterNotFoundException NoneRuns()
        => new($"no cluster is running here; {ClusterUnavailableException.HowToStart}");
}
