using Cluster.ServiceDefaults.Configuration;
using Cluster.ServiceDefaults.Security;
using Cluster.ServiceDefaults.Tests.Hosting;
using Cluster.Testing;

namespace Cluster.ServiceDefaults.Tests.Security;

/// <summary>Settings of TLS that are wrong stop a service at its start, with setting, file and what is wrong.</summary>
public sealed class TlsSettingsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly (string Certificate, string Key) _good;
    private readonly (string Certificate, string Key) _other;
    private readonly (string Certificate, string Key) _ended;

    public TlsSettingsTests() =>
        (_good, _other, _ended) = (_authority.Issue("good"), _authority.Issue("other"), _authority.Issue("ended", daysLeft: -1));

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Build_CertificateThatIsNotThere_NamesSettingAndFile()
        => AssertRefused("Tls:CertificateFile: /no/such.pem: cannot be read: ", (ClusterTls.CertificateFile, "/no/such.pem"), (ClusterTls.KeyFile, _good.Key));

    [Fact]
    public void Build_CertificateWithoutKey_NamesTheMissingSetting()
        => AssertRefused("Tls:KeyFile: (not set): must name a file too, since Tls:CertificateFile does", (ClusterTls.CertificateFile, _good.Certificate));

    [Fact]
    public void Build_KeyOfAnotherCertificate_NamesTheKeyFile()
        => AssertRefused($"Tls:KeyFile: {_other.Key}: is not what it must be", (ClusterTls.CertificateFile, _good.Certificate),
        (ClusterTls.KeyFile, _other.Key));

    [Fact]
    public void Build_KeyInPlaceOfTheCertificate_NamesTheCertificateFile()
        => AssertRefused($"Tls:CertificateFile: {_good.Key}: holds no certificate", (ClusterTls.CertificateFile, _good.Key), (ClusterTls.KeyFile, _good.Key));

    [Fact]
    public void Build_CertificateThatHasEnded_SaysWhen()
        => AssertRefused($"Tls:CertificateFile: {_ended.Certificate}: ended on ", (ClusterTls.CertificateFile, _ended.Certificate),
        (ClusterTls.KeyFile, _ended.Key));

    [Fact]
    public void Build_AuthorityThatIsNone_NamesTheFile()
        => AssertRefused($"Tls:AuthorityFile: {_good.Key}: holds no certificate", (ClusterTls.AuthorityFile, _good.Key));

    [Fact]
    public void Build_ClientAuthorityWithoutCertificate_NamesWhatIsMissing()
        => AssertRefused("Tls:ClientAuthorityFile: ", (ClusterTls.ClientAuthorityFile, _authority.File));

    [Fact]
    public async Task Start_ClientAuthorityAtAPlainListener_IsRefused()
    {
        var error = await Assert.ThrowsAsync<SettingException>(async () =>
        {
            await using var app = TestHost.Build([.. Good(), (ClusterTls.ClientAuthorityFile, _authority.File), ("CLUSTER_GRPC_URL", "http://127.0.0.1:0")]);
            await app.StartAsync(TestContext.Current.CancellationToken);
        });
        Assert.StartsWith("CLUSTER_GRPC_URL: http://127.0.0.1:0: must begin with https://", error.Message, StringComparison.Ordinal);
    }

    private (string, string?)[] Good() => [(ClusterTls.CertificateFile, _good.Certificate), (ClusterTls.KeyFile, _good.Key)];

    private static void AssertRefused(string expected, params (string, string?)[] settings)
        => Assert.StartsWith(expected, Assert.Throws<SettingException>(() => TestHost.Build(settings)).Message, StringComparison.Ordinal);
}
