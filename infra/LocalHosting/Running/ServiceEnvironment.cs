using System.Globalization;

namespace Cluster.LocalHosting.Running;

/// <summary>What a service is told through its environment: Aspire's contract, and who its runner is.</summary>
internal static class ServiceEnvironment
{
    public static Dictionary<string, string?> Compose(
        ProcessResource resource, int ordinal, EndpointPorts ports, Func<ServerResource, string> connectionString)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["CLUSTER_PARENT_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
            ["OTEL_SERVICE_NAME"] = resource.Name,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={resource.Instance(ordinal)}",
        };
        foreach (var endpoint in resource.Endpoints)
            environment[endpoint.UrlVariable] = ports.Address(resource, ordinal, endpoint.Name);
        foreach (var server in resource.References.OfType<ServerResource>())
            environment[$"ConnectionStrings__{server.Name}"] = connectionString(server);
        foreach (var service in resource.References.OfType<ProcessResource>())
            AddAddresses(environment, service, ports);
        foreach (var (name, value) in resource.Environment)
            environment[name] = value is ParameterResource parameter ? parameter.Value : (string)value;
        return environment;
    }

    private static void AddAddresses(Dictionary<string, string?> environment, ProcessResource service, EndpointPorts ports)
    {
        foreach (var endpoint in service.Endpoints)
        {
            for (var ordinal = 0; ordinal < service.Replicas; ordinal++)
            {
                environment[FormattableString.Invariant($"services__{service.Name}__{endpoint.Name}__{ordinal}")] =
                    ports.Address(service, ordinal, endpoint.Name);
            }
        }
    }
}
