namespace Cluster.Client;

/// <summary>Where a cluster's coordinator answers, and the key that it asks for.</summary>
public sealed record ClusterConnection
{
    /// <param name="address">gRPC address of the coordinator: <c>http://host:port</c> (HTTP/2 without TLS) or <c>https://…</c>.</param>
    /// <param name="key">The cluster key: visible ASCII characters, at least one.</param>
    /// <exception cref="ArgumentException">The address or the key is not of that form.</exception>
    public ClusterConnection(Uri address, string key)
    {
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"address: {address}: must be of the form http://host:port", nameof(address));
        if (key.Length == 0 || key.Any(c => c is <= ' ' or > '~'))
            throw new ArgumentException("key: must have visible ASCII characters only, and at least one", nameof(key));

        Address = address;
        Key = key;
    }

    public Uri Address { get; }

    public string Key { get; }

    /// <summary>The address only: the key is a secret.</summary>
    public override string ToString() => Address.ToString();
}
