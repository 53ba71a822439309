using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cluster.Contracts.Security;

/// <summary>Whom a process trusts when it speaks TLS, and what it shows of itself. Immutable and thread safe.</summary>
/// <remarks>Revocation is not looked up: authorities of a cluster publish no lists. A key that leaked is ended by a new authority.</remarks>
public sealed class TlsCredentials
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _identity;

    private TlsCredentials(X509Certificate2Collection? authorities, SslStreamCertificateContext? identity) =>
        (_authorities, _identity) = (authorities, identity);

    /// <summary>The system's authorities, and no certificate to show.</summary>
    public static TlsCredentials System { get; } = new(null, null);

    /// <summary>Whether authorities were named, which then count instead of the system's.</summary>
    public bool HasAuthorities => _authorities is not null;

    /// <summary>Whether there is a certificate to show.</summary>
    public bool HasIdentity => _identity is not null;

    /// <summary>The certificate to show; null for none.</summary>
    public X509Certificate2? Certificate => _identity?.TargetCertificate;

    /// <summary>Reads PEM files; a setting without a value is left out.</summary>
    /// <exception cref="PemFileException">A file is missing, cannot be read or does not fit.</exception>
    public static TlsCredentials Read(TlsFile authorities, TlsFile certificate, TlsFile key)
    {
        if (certificate.Path is null != key.Path is null)
        {
            var (there, missing) = certificate.Path is null ? (key, certificate) : (certificate, key);
            throw new PemFileException(missing.Setting, "(not set)", $"must name a file too, since {there.Setting} does");
        }

        var trusted = authorities.Path is null ? null : PemFiles.ReadAuthorities(authorities.Setting, authorities.Path);
        if (certificate.Path is null || key.Path is null) return trusted is null ? System : new TlsCredentials(trusted, null);
        var (identity, chain) = PemFiles.ReadIdentity(certificate.Setting, certificate.Path, key.Setting, key.Path);
        return new TlsCredentials(trusted, SslStreamCertificateContext.Create(identity, chain, offline: true));
    }

    /// <summary>For a connection to a server.</summary>
    /// <param name="host">Name or address that the server's certificate must hold; null where the caller sets it.</param>
    public SslClientAuthenticationOptions ForClient(string? host = null) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = Protocols,
        CertificateChainPolicy = PolicyFor(ServerPurpose),
        ClientCertificateContext = _identity,
    };

    /// <summary>For a server that shows its certificate, and, given <paramref name="clients"/>, asks each client for one of theirs.</summary>
    /// <exception cref="InvalidOperationException">There is no certificate to show.</exception>
    public SslServerAuthenticationOptions ForServer(TlsCredentials? clients) => new()
    {
        ServerCertificateContext = _identity ?? throw new InvalidOperationException("there is no certificate to show"),
        EnabledSslProtocols = Protocols,
        ClientCertificateRequired = clients is not null,
        CertificateChainPolicy = clients?.PolicyFor(ClientPurpose),
    };

    /// <summary>Whether a server's certificate is one of a trusted authority, for libraries that check by a callback.</summary>
    /// <param name="certificate">What the server showed.</param>
    /// <param name="chain">What came with it.</param>
    /// <param name="errors">What the system found; that the name does not fit, or that there is no certificate, stands.</param>
    public bool Accepts(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_authorities is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0 || certificate is null)
            return errors == SslPolicyErrors.None && certificate is not null;
        using var own = new X509Chain { ChainPolicy = PolicyFor(ServerPurpose)! };
        foreach (var element in chain?.ChainElements.AsEnumerable() ?? []) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(leaf);
    }

    private X509ChainPolicy? PolicyFor(string purpose)
    {
        if (_authorities is null) return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.ApplicationPolicy.Add(new Oid(purpose));
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }
}

/// <summary>A setting that may name a file.</summary>
/// <param name="Setting">Its name, for errors.</param>
/// <param name="Path">The file; null for none.</param>
public readonly record struct TlsFile(string Setting, string? Path)
{
    /// <summary>A setting as it was read: nothing and an empty text are the same.</summary>
    public static TlsFile Of(string setting, string? path) => new(setting, string.IsNullOrEmpty(path) ? null : path);
}
