namespace Cluster.Client.Errors;

/// <summary>The cluster refused the key, or the two sides did not agree on TLS.</summary>
public sealed class ClusterAuthenticationException : ClusterException
{
    /// <summary>The key was refused.</summary>
    public ClusterAuthenticationException(Uri address, Exception? innerException = null)
        : this(address, "the cluster refused the key; give its own in CLUSTER_KEY or name its state file", innerException)
    {
    }

    /// <summary>There is no trust for another reason, which the text gives with what to do about it.</summary>
    internal ClusterAuthenticationException(Uri address, string reason, Exception? innerException)
        : base($"{address.GetLeftPart(UriPartial.Authority)}: {reason}", innerException) => Address = address;

    public Uri Address { get; }
}
