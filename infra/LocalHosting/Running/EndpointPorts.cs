using Cluster.LocalHosting.Processes;

namespace Cluster.LocalHosting.Running;

/// <summary>The addresses of the services: a replica keeps its own over restarts.</summary>
internal sealed class EndpointPorts
{
    private readonly Dictionary<(string Resource, int Ordinal, string Endpoint), int> _ports = [];
    private readonly Lock _gate = new();

    public EndpointPorts(IEnumerable<Resource> resources)
    {
        foreach (var resource in resources.OfType<ProcessResource>())
        {
            for (var ordinal = 0; ordinal < resource.Replicas; ordinal++)
            {
                foreach (var endpoint in resource.Endpoints)
                    _ports[(resource.Name, ordinal, endpoint.Name)] = LoopbackPorts.Take();
            }
        }
    }

    /// <summary>Called when a service has got another address than the one that others may have been told.</summary>
    public Action<ProcessResource> Moved { get; set; } = _ => { };

    public string Address(ProcessResource resource, int ordinal, string endpoint)
    {
        var scheme = resource.Endpoints.Single(other => other.Name == endpoint).Scheme;
        lock (_gate)
            return FormattableString.Invariant($"{scheme}://127.0.0.1:{_ports[(resource.Name, ordinal, endpoint)]}");
    }

    public IReadOnlyDictionary<string, string> Addresses(ProcessResource resource, int ordinal) =>
        resource.Endpoints.ToDictionary(endpoint => endpoint.Name, endpoint => Address(resource, ordinal, endpoint.Name));

    /// <summary>Draws other ports in place of those at which somebody else listens.</summary>
    /// <returns>The names of the endpoints that moved.</returns>
    public IReadOnlyList<string> ReplaceTaken(ProcessResource resource, int ordinal)
    {
        var moved = new List<string>();
        lock (_gate)
        {
            foreach (var endpoint in resource.Endpoints)
            {
                ref var port = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrNullRef(
                    _ports, (resource.Name, ordinal, endpoint.Name));
                if (LoopbackPorts.IsFree(port))
                    continue;
                port = LoopbackPorts.Take();
                moved.Add(endpoint.Name);
            }
        }

        if (moved.Count > 0)
            Moved(resource);
        return moved;
    }
}
