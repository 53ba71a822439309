using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>The addresses a started service listens on, with the ports that were picked for port 0.</summary>
public static class ServerAddress
{
    /// <summary>Address of the gRPC listener. Call after the host has started.</summary>
    public static Uri Grpc(IServiceProvider services) => Bound(services)[0];

    /// <summary>Address of the HTTP/1.1 listener. Call after the host has started.</summary>
    public static Uri Http(IServiceProvider services) => Bound(services)[1];

    // Kestrel reports addresses in the order in which ClusterEndpoints configured the listeners: gRPC first.
    private static Uri[] Bound(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        return addresses.Count >= 2
            ? [.. addresses.Select(a => new Uri(a))]
            : throw new InvalidOperationException("the service has not started listening");
    }
}
