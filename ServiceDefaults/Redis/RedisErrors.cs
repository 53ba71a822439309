using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Which errors of Redis pass by themselves, and which of them say that it takes no writes.</summary>
public static class RedisErrors
{
    private const string Full = "OOM";

    // Also a full disk or memory: an operator mends it while the cluster waits.
    private static readonly string[] Passing = ["LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", Full];

    /// <summary>Redis is away, starting, slow or full: worth another try.</summary>
    public static bool IsTransient(Exception exception)
        => exception is RedisConnectionException or RedisTimeoutException or TimeoutException || Array.Exists(Passing, code => Says(exception, code));

    /// <summary>Redis has reached its limit of memory and refuses what would take more.</summary>
    public static bool IsFull(Exception exception) => Says(exception, Full);

    /// <summary>Redis cannot write its files and refuses every change.</summary>
    public static bool CannotWriteItsFiles(Exception exception) => Says(exception, "MISCONF");

    /// <summary>Redis is a replica, which is not to be written to.</summary>
    public static bool IsReplica(Exception exception) => Says(exception, "READONLY");

    private static bool Says(Exception exception, string code)
        => exception is RedisServerException { Message: { } message } && (message.StartsWith(code, StringComparison.Ordinal) || IsFromScript(message, code));

    // Before Redis 7, what a script's command answered stands at the end of the script's own error.
    private static bool IsFromScript(string message, string code)
        => message.StartsWith("ERR Error running script", StringComparison.Ordinal) && message.Contains($": -{code} ", StringComparison.Ordinal);
}
