using System.Security.Cryptography;
using System.Text;
using Cluster.ServiceDefaults.Hosting;

namespace Cluster.ServiceDefaults.Security;

/// <summary>The secret that every caller of the cluster shows. Compared in constant time and never printed.</summary>
public sealed class ClusterKey
{
    public const string Variable = "CLUSTER_KEY";

    private const int MinLength = 16;

    private readonly byte[] _hash;

    /// <exception cref="SettingException">The key is missing or too short to be a secret.</exception>
    public ClusterKey(string? key)
    {
        if (string.IsNullOrWhiteSpace(key)) throw new SettingException($"{Variable} is not set; it must hold the cluster key, a secret of at least {MinLength} characters");
        if (key.Length < MinLength) throw new SettingException($"{Variable} has {key.Length} characters; a cluster key has at least {MinLength}");
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>A new random key, 256 bits in base64url.</summary>
    public static string Generate()
        => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Whether the text is the key; takes the same time whatever it is.</summary>
    public bool Matches(string candidate)
        => CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(candidate)));
}
