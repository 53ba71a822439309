namespace Cluster.Client.Errors;

/// <summary>Nothing answers at the cluster's address, or it did not answer within the time limit.</summary>
public sealed class ClusterUnavailableException(Uri address, string reason, Exception? innerException = null)
    : ClusterException($"no cluster answers at {address.GetLeftPart(UriPartial.Authority)} ({reason}); {HowToStart}", innerException)
{
    /// <summary>How to get a cluster, for error messages.</summary>
    public const string HowToStart =
        "start one with `dotnet run --project AppHost` or `dotnet run --project services/Standalone -- serve`";

    public Uri Address { get; } = address;
}
