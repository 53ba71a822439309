using Cluster.Contracts.Security;
using Cluster.Testing;

namespace Cluster.Support.Processes;

/// <summary>Everything by TLS, and nobody without a certificate of the cluster's authority at a gRPC listener.</summary>
/// <param name="Authority">Issues all certificates.</param>
/// <param name="Redis">Connection string of Redis's listener with TLS.</param>
/// <param name="Messaging">Connection string of the broker's listener with TLS.</param>
internal sealed record TestTls(TestAuthority Authority, string Redis, string Messaging)
{
    public (string CertificateFile, string KeyFile) ServiceFiles { get; } = Authority.Issue("services");

    public (string CertificateFile, string KeyFile) ClientFiles { get; } = Authority.Issue("client");

    /// <summary>What this cluster's clients trust and show.</summary>
    public TlsCredentials Credentials => TlsCredentials.Read(
        new TlsFile("authority", Authority.File), new TlsFile("certificate", ClientFiles.CertificateFile), new TlsFile("key", ClientFiles.KeyFile));
}
