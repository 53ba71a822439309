using Aspire.Hosting.ApplicationModel;

namespace Cluster.Hosting;

/// <summary>A cluster, for programs that submit jobs to it.</summary>
/// <param name="name">Name of the resource and of its connection string.</param>
/// <param name="coordinator">Where its coordinator answers.</param>
/// <param name="key">The cluster key.</param>
public sealed class ClusterResource(string name, EndpointReference coordinator, ParameterResource key) : Resource(name), IResourceWithConnectionString
{
    /// <summary><c>Endpoint=http://host:port;Key=…</c>, as <c>ClusterConnection.Parse</c> of the client library reads it.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Endpoint={coordinator.Property(EndpointProperty.Url)};Key={key}");
}
