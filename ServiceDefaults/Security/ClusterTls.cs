using Cluster.Contracts.Security;
using Cluster.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace Cluster.ServiceDefaults.Security;

/// <summary>
/// TLS of this process, from PEM files that the section <c>Tls</c> names; read once, at the start. Without them everything
/// is as without TLS.
/// </summary>
public sealed class ClusterTls
{
    /// <summary>Certificate of this process, its intermediates after it: shown by listeners with <c>https://</c>,
    /// and to those that ask callers for one.</summary>
    public const string CertificateFile = "Tls:CertificateFile";

    /// <summary>The certificate's key, without a password.</summary>
    public const string KeyFile = "Tls:KeyFile";

    /// <summary>Authorities of ps tasks, Redis and RabbitMQ. Where it is set, ps tasks are called by TLS and never without.</summary>
    public const string AuthorityFile = "Tls:AuthorityFile";

    /// <summary>Authorities of clients: where it is set, the gRPC listener takes none without a certificate of theirs.</summary>
    public const string ClientAuthorityFile = "Tls:ClientAuthorityFile";

    /// <exception cref="SettingException">A file is missing or wrong; the message names setting and file.</exception>
    public ClusterTls(IConfiguration configuration)
    {
        try
        {
            Credentials = TlsCredentials.Read(Setting(AuthorityFile), Setting(CertificateFile), Setting(KeyFile));
            var clients = Setting(ClientAuthorityFile);
            if (clients.Path is null) return;
            if (!Credentials.HasIdentity) throw new SettingException($"{ClientAuthorityFile}: {clients.Path}: needs {CertificateFile} and {KeyFile} too");
            Clients = TlsCredentials.Read(clients, default, default);
        }
        catch (PemFileException e)
        {
            throw new SettingException(e.Message);
        }

        TlsFile Setting(string name) => TlsFile.Of(name, configuration[name]);
    }

    /// <summary>Whom this process trusts and what it shows.</summary>
    public TlsCredentials Credentials { get; }

    /// <summary>Whose certificates the gRPC listener asks for; null for nobody's.</summary>
    internal TlsCredentials? Clients { get; }

    /// <summary>Scheme of a listener whose address is not configured.</summary>
    internal string DefaultScheme => Credentials.HasIdentity ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    /// <summary>How this process calls the gRPC listener of another of the cluster.</summary>
    /// <param name="authority"><c>host:port</c>, as it is registered.</param>
    public Uri AddressOf(string authority) => new($"{(Credentials.HasAuthorities ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{authority}");
}
