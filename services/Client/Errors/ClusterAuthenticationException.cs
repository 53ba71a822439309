namespace Cluster.Client.Errors;

/// <summary>The cluster refused the key.</summary>
public sealed class ClusterAuthenticationException(Uri address, Exception? innerException = null)
    : ClusterException($"the cluster at {address.GetLeftPart(UriPartial.Authority)} refused the key; give its own in CLUSTER_KEY or name its state file", innerException)
{
    public Uri Address { get; } = address;
}
