namespace Cluster.Contracts.Security;

/// <summary>A file that TLS needs cannot be used: <c>Tls:KeyFile: /etc/key.pem: cannot be read: …</c>.</summary>
/// <param name="setting">The setting that names it.</param>
/// <param name="path">The file.</param>
/// <param name="reason">Why it cannot be used, and what would be right.</param>
/// <param name="innerException">The cause.</param>
public sealed class PemFileException(string setting, string path, string reason, Exception? innerException = null)
    : Exception($"{setting}: {path}: {reason}", innerException)
{
    public string Setting { get; } = setting;

    public string Path { get; } = path;

    public string Reason { get; } = reason;
}
