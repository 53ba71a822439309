using Cluster.Contracts.Security;
using Cluster.LocalHosting.Running;
using Cluster.Testing;

namespace Cluster.EndToEnd.Processes;

/// <summary>Everything by TLS, and nobody without a certificate of the cluster's authority at a gRPC listener.</summary>
/// <param name="Authority">Issues all certificates.</param>
/// <param name="Redis">Connection string of Redis's listener with TLS.</param>
/// <param name="Messaging">Connection string of the broker's listener with TLS.</param>
internal sealed record TestTls(TestAuthority Authority, string Redis, string Messaging)
{
    private readonly (string CertificateFile, string KeyFile) _services = Authority.Issue("services");
    private readonly (string CertificateFile, string KeyFile) _client = Authority.Issue("client");

    public (string CertificateFile, string KeyFile) ClientFiles => _client;

    /// <summary>What this cluster's clients trust and show.</summary>
    public TlsCredentials Credentials => TlsCredentials.Read(
        new TlsFile("authority", Authority.File), new TlsFile("certificate", _client.CertificateFile), new TlsFile("key", _client.KeyFile));

    public void Configure(IEnumerable<ProcessResource> resources)
    {
        foreach (var resource in resources)
        {
            resource.Environment["Tls__CertificateFile"] = _services.CertificateFile;
            resource.Environment["Tls__KeyFile"] = _services.KeyFile;
            resource.Environment["Tls__AuthorityFile"] = Authority.File;
            for (var i = 0; i < resource.Endpoints.Count; i++)
            {
                // Health stays without: what starts the processes asks it before it knows anybody.
                if (resource.Endpoints[i].Name != "grpc") continue;
                resource.Endpoints[i] = resource.Endpoints[i] with { Scheme = Uri.UriSchemeHttps };
                resource.Environment["Tls__ClientAuthorityFile"] = Authority.File;
            }
        }
    }
}
