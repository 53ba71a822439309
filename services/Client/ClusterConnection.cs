using System.Diagnostics.CodeAnalysis;
using Cluster.Contracts.Security;

namespace Cluster.Client;

/// <summary>Where a cluster's coordinator answers, and the key that it asks for.</summary>
public sealed record ClusterConnection
{
    /// <summary>What an address has to look like, for error messages.</summary>
    public const string AddressForm = "must be of the form http://host:port";

    private const string ConnectionStringForm = "must be of the form Endpoint=http://host:port;Key=…";

    private static readonly string[] PartNames = ["Endpoint", "Key"];

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

    /// <summary>Reads a connection string as an app host gives it: <c>Endpoint=http://host:port;Key=…</c>, in any order, names in any case.</summary>
    /// <exception cref="FormatException">It is not of that form; the message does not show the key.</exception>
    public static ClusterConnection Parse(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToList();
        if (parts.FirstOrDefault(part => part.Length < 2 || !PartNames.Contains(part[0], StringComparer.OrdinalIgnoreCase)) is [var unknown, ..])
            throw new FormatException($"connection string: '{unknown}': {ConnectionStringForm}");
        if (!TryReadAddress(Value("Endpoint"), out var address))
            throw new FormatException($"connection string: Endpoint: '{Value("Endpoint")}': {AddressForm}");
        return IsKey(Value("Key")) ? new ClusterConnection(address, Value("Key")) : throw new FormatException($"connection string: Key: {KeyForm}");

        string Value(string name) => parts.LastOrDefault(part => part[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1] ?? "";
    }

    /// <summary>Reads an address of the form <c>http://host:port</c> or <c>https://…</c>.</summary>
    public static bool TryReadAddress(string text, [NotNullWhen(true)] out Uri? address)
        => Uri.TryCreate(text, UriKind.Absolute, out address) && IsAddress(address);

    /// <summary>The address only: the key is a secret.</summary>
    public override string ToString() => Address.ToString();

    internal static bool IsKey(string key) => key.Length > 0 && key.All(c => c is > ' ' and <= '~');

    private static bool IsAddress(Uri address)
        => address is { IsAbsoluteUri: true, Scheme: "http" or "https", Host.Length: > 0, AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" };
}
