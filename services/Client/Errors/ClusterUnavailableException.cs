namespace Cluster.Client.Errors;

/// <summary>Nothing answers at the cluster's address, or what answers cannot do now what it was asked for, or not within the time limit.</summary>
public sealed class ClusterUnavailableException : ClusterException
{
    /// <summary>How to get a cluster, for error messages.</summary>
    public const string HowToStart =
        "start one with `dotnet run --project AppHost` or `dotnet run --project services/Standalone -- serve`";

    /// <summary>Nobody answers there.</summary>
    public ClusterUnavailableException(Uri address, string reason, Exception? innerException = null)
        : this($"no cluster answers at {At(address)} ({reason}); {HowToStart}", address, innerException)
    {
    }

    private ClusterUnavailableException(string message, Uri address, Exception? innerException)
        : base(message, innerException) => Address = address;

    public Uri Address { get; }

    /// <summary>Somebody is there who does not answer.</summary>
    internal static ClusterUnavailableException Silent(Uri address, string reason, Exception? innerException)
        => new($"the cluster at {At(address)} does not answer: {reason}", address, innerException);

    /// <summary>A cluster answers that it cannot do that now.</summary>
    internal static ClusterUnavailableException Unable(Uri address, string reason, Exception? innerException)
        => new($"the cluster at {At(address)} answers that it cannot do that now: {reason}", address, innerException);

    private static string At(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
