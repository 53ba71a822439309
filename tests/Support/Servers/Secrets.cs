using System.Buffers.Text;
using System.Security.Cryptography;

namespace Cluster.Support.Servers;

/// <summary>Keys, passwords and cookies.</summary>
public static class Secrets
{
    /// <summary>32 random bytes as 43 characters that need no escaping in an address, a file or a shell.</summary>
    public static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
