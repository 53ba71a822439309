using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Contracts.Errors;

namespace Cluster.Contracts.Security;

/// <summary>Certificates and keys in PEM files.</summary>
internal static class PemFiles
{
    /// <summary>The certificates of authorities, at least one.</summary>
    /// <exception cref="PemFileException">The file cannot be read or holds none.</exception>
    public static X509Certificate2Collection ReadAuthorities(string setting, string path)
        => Read(setting, path, () => Certificates(path)) is { Count: > 0 } authorities
            ? authorities
            : throw new PemFileException(setting, path, "holds no certificate; it must be PEM with BEGIN CERTIFICATE");

    /// <summary>A certificate with its key, and the certificates that lead from it to its authority.</summary>
    /// <exception cref="PemFileException">A file cannot be read, they do not belong together, or the certificate is not valid now.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) ReadIdentity(
        string certificateSetting, string certificatePath, string keySetting, string keyPath)
    {
        var chain = ReadAuthorities(certificateSetting, certificatePath);
        var keyText = Read(keySetting, keyPath, () => File.ReadAllText(keyPath));
        if (keyText.Contains("ENCRYPTED", StringComparison.Ordinal))
            throw new PemFileException(keySetting, keyPath, "is encrypted; it must be a PEM key without a password");
        var certificate = Read(keySetting, keyPath, () => Bind(certificatePath, keyPath));
        if (certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow)
            throw new PemFileException(certificateSetting, certificatePath, $"ended on {certificate.NotAfter.ToUniversalTime():u}");
        return (certificate, chain);
    }

    private static X509Certificate2Collection Certificates(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates;
    }

    private static X509Certificate2 Bind(string certificatePath, string keyPath)
    {
        var certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        if (!OperatingSystem.IsWindows()) return certificate;
        // Windows's TLS takes no key that lies in memory alone.
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static T Read<T>(string setting, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PemFileException(setting, path, $"cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new PemFileException(setting, path, $"is not what it must be, PEM of a certificate or of the key that belongs to it: {FailureText.Of(e)}", e);
        }
    }
}
