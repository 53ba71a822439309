namespace Cluster.AppHost.Servers;

/// <summary>A server that is a program of this machine, with a connection string as a container has.</summary>
internal sealed class ServerResource(string name, string program, string directory, ReferenceExpression connectionString)
    : ExecutableResource(name, program, directory), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => connectionString;
}
