using Cluster.Contracts.Security;
using Microsoft.AspNetCore.Http;

namespace Cluster.ServiceDefaults.Security;

/// <summary>Who asks for something.</summary>
/// <param name="Key">Name of the key that was shown; <c>none</c> for none of the cluster's. See <see cref="ClusterKey.NameOf"/>.</param>
/// <param name="User">The user name that the client gives; nobody checks it. May be empty.</param>
/// <param name="Peer">Address and port that the call came from.</param>
public readonly record struct AuditCaller(string Key, string User, string Peer)
{
    private const string NoKey = "none";

    /// <summary>Whether a key of the cluster was shown.</summary>
    public bool HasKey => Key != NoKey;

    public static AuditCaller Of(HttpContext context) => new(
        context.User.Identity is { IsAuthenticated: true, Name: { } key } ? key : NoKey,
        context.Request.Headers[CallHeaders.User].ToString(),
        context.Connection.RemoteIpAddress is { } address ? $"{address}:{context.Connection.RemotePort}" : "unknown");
}
