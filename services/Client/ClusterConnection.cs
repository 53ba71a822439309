using System.Diagnostics.CodeAnalysis;
using Cluster.Contracts.Security;

namespace Cluster.Client;

/// <summary>Where a cluster's coordinator answers, and the key that it asks for.</summary>
public sealed record ClusterConnection
{
    /// <summary>What an address has to look like, for error messages.</summary>
    public const string AddressForm = "must be of the form http://host:port";

    internal const string KeyForm = "must have visible ASCII characters only, and at least one";

    /// <param name="address">gRPC address of the coordinator: <c>http://host:port</c> (HTTP/2 without TLS) or <c>https://…</c>.</param>
    /// <param name="key">The cluster key: visible ASCII characters, at least one.</param>
    /// <exception cref="ArgumentException">The address or the key is not of that form.</exception>
    public ClusterConnection(Uri address, string key)
    {
        if (!IsAddress(address)) throw new ArgumentException($"address: {address}: {AddressForm}", nameof(address));
        if (!IsKey(key)) throw new ArgumentException($"key: {KeyForm}", nameof(key));

        Address = address;
        Key = key;
    }

    public Uri Address { get; }

    public string Key { get; }

    /// <summary>For an address with <c>https://</c>: whom to trust, and what to show; by default the system's authorities, and nothing.</summary>
    public TlsCredentials Tls { get; init; } = TlsCredentials.System;

    /// <summary>Reads an address of the form <c>http://host:port</c> or <c>https://…</c>.</summary>
    public static bool TryReadAddress(string text, [NotNullWhen(true)] out Uri? address)
        => Uri.TryCreate(text, UriKind.Absolute, out address) && IsAddress(address);

    /// <summary>The address only: the key is a secret.</summary>
    public override string ToString() => Address.ToString();

    internal static bool IsKey(string key) => key.Length > 0 && key.All(c => c is > ' ' and <= '~');

    private static bool IsAddress(Uri address)
        => address is { IsAbsoluteUri: true, Scheme: "http" or "https", Host.Length: > 0, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" };
}
