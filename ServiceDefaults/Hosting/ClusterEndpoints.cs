using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>
/// Two listeners, since HTTP/1.1 and HTTP/2 cannot share a port without TLS: <c>ASPNETCORE_URLS</c> serves health over
/// HTTP/1.1, <c>CLUSTER_GRPC_URL</c> serves gRPC over HTTP/2. Where neither is set, a free port on loopback each.
/// </summary>
public static class ClusterEndpoints
{
    public const string GrpcUrlVariable = "CLUSTER_GRPC_URL";

    private const string AnyLoopbackPort = "http://127.0.0.1:0";

    internal static void AddClusterEndpoints(this WebApplicationBuilder builder)
    {
        var http = builder.Configuration["urls"] ?? AnyLoopbackPort;
        var grpc = builder.Configuration[GrpcUrlVariable] ?? AnyLoopbackPort;
        // The listeners below take the place of the urls, which Kestrel would serve with one protocol for all.
        builder.WebHost.UseSetting(WebHostDefaults.PreferHostingUrlsKey, "false").UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, grpc, GrpcUrlVariable, HttpProtocols.Http2);
            foreach (var url in http.Split(';', StringSplitOptions.RemoveEmptyEntries)) Listen(kestrel, url, "ASPNETCORE_URLS", HttpProtocols.Http1);
        });
    }

    private static void Listen(KestrelServerOptions kestrel, string url, string variable, HttpProtocols protocols)
    {
        var address = Parse(url, variable);
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, address.Port, o => o.Protocols = protocols);
        else if (address.Host == "localhost") kestrel.Listen(IPAddress.Loopback, address.Port, o => o.Protocols = protocols);
        else if (address.Host is "*" or "+") kestrel.ListenAnyIP(address.Port, o => o.Protocols = protocols);
        // Kestrel takes any other name for "every interface", so a misspelt localhost would be open to the network.
        else throw Refused(variable, url, "the host must be localhost, an IP address, or * for every interface");
    }

    private static BindingAddress Parse(string url, string variable)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme != "http") throw Refused(variable, url, "only http:// is served here; TLS ends at the ingress");
            return address.Port <= IPEndPoint.MaxPort ? address : throw Refused(variable, url, $"the port must be from 0 to {IPEndPoint.MaxPort}");
        }
        catch (FormatException e)
        {
            throw Refused(variable, url, e.Message);
        }
    }

    private static SettingException Refused(string variable, string url, string limit) => new($"{variable}: {url}: {limit}");
}
