using System.Net;
using Cluster.Contracts.Security;
using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Cluster.ServiceDefaults.Hosting;

/// <summary>
/// Two listeners, since HTTP/1.1 and HTTP/2 cannot share a port without TLS: <c>ASPNETCORE_URLS</c> serves health over
/// HTTP/1.1 (or, in a container, <c>HTTP_PORTS</c> on every interface), <c>CLUSTER_GRPC_URL</c> serves gRPC over HTTP/2. Where neither is
/// set, a free port on loopback each. Addresses with <c>https://</c> are served by TLS, and so are those that are not set where there is a certificate.
/// </summary>
public static class ClusterEndpoints
{
    public const string GrpcUrlVariable = "CLUSTER_GRPC_URL";

    internal static void AddClusterEndpoints(this WebApplicationBuilder builder)
    {
        // Made now: a service whose certificate cannot be used must not start.
        var tls = new ClusterTls(builder.Configuration);
        builder.Services.AddSingleton(tls);
        var anyLoopbackPort = $"{tls.DefaultScheme}://127.0.0.1:0";
        var urls = builder.Configuration["urls"];
        var http = urls ?? PortsOnEveryInterface(builder.Configuration["HTTP_PORTS"]) ?? anyLoopbackPort;
        var grpc = builder.Configuration[GrpcUrlVariable] ?? anyLoopbackPort;
        // The listeners below take the place of the urls, which Kestrel would serve with one protocol for all.
        builder.WebHost.UseSetting(WebHostDefaults.PreferHostingUrlsKey, "false").UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, new Listener(grpc, GrpcUrlVariable, HttpProtocols.Http2, tls.Clients), tls.Credentials);
            foreach (var url in http.Split(';', StringSplitOptions.RemoveEmptyEntries))
                Listen(kestrel, new Listener(url, urls is null ? "HTTP_PORTS" : "ASPNETCORE_URLS", HttpProtocols.Http1, Clients: null), tls.Credentials);
        });
    }

    private static string? PortsOnEveryInterface(string? ports)
        => ports is { Length: > 0 } ? string.Join(';', ports.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"http://*:{port}")) : null;

    private static void Listen(KestrelServerOptions kestrel, Listener listener, TlsCredentials own)
    {
        var address = Parse(listener);
        var serve = Serve(listener, address.Scheme == Uri.UriSchemeHttps, own);
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, address.Port, serve);
        else if (address.Host == "localhost") kestrel.Listen(IPAddress.Loopback, address.Port, serve);
        else if (address.Host is "*" or "+") kestrel.ListenAnyIP(address.Port, serve);
        // Kestrel takes any other name for "every interface", so a misspelt localhost would be open to the network.
        else throw listener.Refused("the host must be localhost, an IP address, or * for every interface");
    }

    private static Action<ListenOptions> Serve(Listener listener, bool isTls, TlsCredentials own)
    {
        if (isTls && !own.HasIdentity)
            throw listener.Refused($"https:// needs a certificate: set {ClusterTls.CertificateFile} and {ClusterTls.KeyFile}");
        if (!isTls && listener.Clients is not null)
            throw listener.Refused($"must begin with https://, since {ClusterTls.ClientAuthorityFile} asks for certificates of clients");
        return options =>
        {
            options.Protocols = listener.Protocols;
            if (isTls) options.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(own.ForServer(listener.Clients)) });
        };
    }

    private static BindingAddress Parse(Listener listener)
    {
        try
        {
            var address = BindingAddress.Parse(listener.Url);
            if (address.Scheme is not ("http" or "https")) throw listener.Refused("must begin with http:// or https://");
            return address.Port <= IPEndPoint.MaxPort ? address : throw listener.Refused($"the port must be from 0 to {IPEndPoint.MaxPort}");
        }
        catch (FormatException e)
        {
            throw listener.Refused(e.Message);
        }
    }

    /// <param name="Url">Where it listens.</param>
    /// <param name="Variable">Who said so.</param>
    /// <param name="Protocols">What it speaks.</param>
    /// <param name="Clients">Whose certificates it asks for; null for nobody's.</param>
    private sealed record Listener(string Url, string Variable, HttpProtocols Protocols, TlsCredentials? Clients)
    {
        public SettingException Refused(string limit) => new($"{Variable}: {Url}: {limit}");
    }
}
