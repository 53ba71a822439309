using System.Net;
using System.Net.Sockets;

namespace Cluster.Storage.Sources;

/// <summary>
/// Connections of downloads. A name that is allowed may still lead to another place than the operator meant, by whoever
/// answers for it; link-local addresses, where clouds hand credentials to their machines, are reached by no name.
/// </summary>
internal static class SafeConnection
{
    /// <exception cref="HttpRequestException">The name has link-local addresses alone.</exception>
    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var found = await Dns.GetHostAddressesAsync(host, cancellationToken);
        IPAddress[] allowed = [.. found.Where(address => !IsLinkLocal(address))];
        if (allowed.Length == 0)
            throw new HttpRequestException($"{host} is at {string.Join(", ", found.AsEnumerable())}, a link-local address, from which nothing is read");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291), also where IPv6 carries IPv4.</summary>
    internal static bool IsLinkLocal(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return address.IsIPv6LinkLocal;
        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _) && bytes is [169, 254, ..];
    }
}
