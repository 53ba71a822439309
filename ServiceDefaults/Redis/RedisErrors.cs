using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Which errors of Redis pass by themselves.</summary>
public static class RedisErrors
{
    /// <summary>Redis is away, starting or slow: worth another try.</summary>
    public static bool IsTransient(Exception exception)
        => exception is RedisConnectionException or RedisTimeoutException or TimeoutException
        || exception is RedisServerException server && IsPassing(server.Message);

    // Also a full disk or memory: an operator mends it while the cluster waits.
    private static bool IsPassing(string message) => Array.Exists(
        (string[])["LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "OOM"],
        prefix => message.StartsWith(prefix, StringComparison.Ordinal));
}
