namespace Cluster.Contracts.Security;

/// <summary>Headers of calls to the cluster, beside gRPC's own.</summary>
public static class CallHeaders
{
    /// <summary>Who the user of a client is, as the client says: for the audit log, checked by nobody.</summary>
    public const string User = "cluster-user";
}
