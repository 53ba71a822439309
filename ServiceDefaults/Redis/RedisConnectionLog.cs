using Cluster.ServiceDefaults.Security;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Says why Redis cannot be reached where waiting does not help: its certificate, or the password.</summary>
internal sealed class RedisConnectionLog(ILogger<RedisConnectionLog> logger, bool isTls)
{
    private int _written;

    /// <summary>Follows a connection. Its first failure came before anybody could follow it, and a repeated one is not told: who asks learns why.</summary>
    public void Follow(IConnectionMultiplexer connection)
    {
        connection.ConnectionFailed += (_, e) => Write(e.FailureType, e.Exception);
        if (!connection.IsConnected) _ = AskAsync(connection);
    }

    private async Task AskAsync(IConnectionMultiplexer connection)
    {
        try
        {
            await connection.GetDatabase().PingAsync();
        }
        catch (RedisConnectionException e)
        {
            Write(e.FailureType, e);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            // It is away, which passes, or this process ends.
        }
    }

    private void Write(ConnectionFailureType type, Exception? exception)
    {
        // Redis is tried again and again; once says it.
        if (type is not ConnectionFailureType.AuthenticationFailure || Interlocked.Exchange(ref _written, 1) != 0) return;
        RedisMessages.Refused(logger, exception?.GetBaseException().Message ?? "", isTls
            ? $"check that {ClusterTls.AuthorityFile} names the authority of Redis's certificate, that the certificate holds the host of "
            + "ConnectionStrings__redis, and the password there"
            : "check the password in ConnectionStrings__redis, and whether Redis wants TLS (ssl=true)");
    }
}

internal static partial class RedisMessages
{
    [LoggerMessage(EventId = 1, EventName = "RedisRefused", Level = LogLevel.Error, Message = "no connection to Redis: {Reason}: {Advice}")]
    public static partial void Refused(ILogger logger, string reason, string advice);
}
