using System.Security.Cryptography;

namespace Cluster.Coordinator.Jobs;

/// <summary>Ids that people read out and type.</summary>
internal static class NewId
{
    /// <summary>The kind, '-' and eight random characters, none of which looks like another.</summary>
    public static string Of(string kind) => $"{kind}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 8)}";
}
