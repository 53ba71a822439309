using System.Security.Cryptography;
using System.Text;
using Cluster.ServiceDefaults.Configuration;

namespace Cluster.ServiceDefaults.Security;

/// <summary>
/// The secret that every caller of the cluster shows, and, while keys change, a second one that is accepted beside it.
/// Compared in constant time and never printed.
/// </summary>
public sealed class ClusterKey
{
    /// <summary>The key that this process accepts, and sends to those that it calls.</summary>
    public const string Variable = "CLUSTER_KEY";

    /// <summary>A key that this process accepts too and never sends: the next one or the last one.</summary>
    public const string SecondVariable = "CLUSTER_KEY_SECOND";

    private const int MinLength = 16;
    private const int NameBytes = 4;

    private readonly byte[][] _hashes;
    private readonly string[] _names;

    /// <param name="key">Value of <see cref="Variable"/>.</param>
    /// <param name="second">Value of <see cref="SecondVariable"/>; null or empty for none.</param>
    /// <exception cref="SettingException">A key is missing or too short to be a secret.</exception>
    public ClusterKey(string? key, string? second = null)
    {
        if (string.IsNullOrWhiteSpace(key))
            throw new SettingException($"{Variable} is not set; it must hold the cluster key, a secret of at least {MinLength} characters");
        _hashes = string.IsNullOrEmpty(second) ? [HashOf(Variable, key)] : [HashOf(Variable, key), HashOf(SecondVariable, second)];
        _names = [.. _hashes.Select(hash => Convert.ToHexStringLower(hash.AsSpan(0, NameBytes)))];
    }

    /// <summary>A new random key, 256 bits in base64url.</summary>
    public static string Generate()
        => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Whether the text is a key of the cluster; takes the same time whatever it is.</summary>
    public bool Matches(string candidate) => NameOf(candidate) is not null;

    /// <summary>
    /// Which key of the cluster the text is: the first 8 hexadecimal digits of its SHA-256, by which logs tell keys apart.
    /// Null for any other text. Takes the same time whatever it is.
    /// </summary>
    public string? NameOf(string candidate)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(candidate));
        string? name = null;
        for (var i = 0; i < _hashes.Length; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(_hashes[i], hash)) name = _names[i];
        }

        return name;
    }

    private static byte[] HashOf(string variable, string key) => key.Length < MinLength
        ? throw new SettingException($"{variable} has {key.Length} characters; a cluster key has at least {MinLength}")
        : SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
