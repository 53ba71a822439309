using Cluster.ServiceDefaults.Security;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cluster.ServiceDefaults.Redis;

/// <summary>Says why Redis cannot be reached where waiting does not help: its certificate, or the password.</summary>
internal sealed class RedisConnectionLog(ILogger<RedisConnectionLog> logger, bool isTls)
{
    private int _written;

    public void Write(object? sender, ConnectionFailedEventArgs e)
    {
        var isRefusal = e.FailureType is ConnectionFailureType.AuthenticationFailure;
        // Redis is tried again and again; once says it.
        if (!isRefusal || Interlocked.Exchange(ref _written, 1) != 0) return;
        RedisMessages.Refused(logger, e.Exception?.GetBaseException().Message ?? "", isTls
            ? $"check that {ClusterTls.AuthorityFile} names the authority of Redis's certificate, that the certificate holds the host of ConnectionStrings__redis, and the password there"
            : "check the password in ConnectionStrings__redis, and whether Redis wants TLS (ssl=true)");
    }
}

internal static partial class RedisMessages
{
    [LoggerMessage(EventId = 1, EventName = "RedisRefused", Level = LogLevel.Error, Message = "no connection to Redis: {Reason}: {Advice}")]
    public static partial void Refused(ILogger logger, string reason, string advice);
}
