namespace Cluster.Coordinator.Conditions;

internal static partial class ConditionLog
{
    [LoggerMessage(EventId = 1, EventName = "RedisRefuses", Level = LogLevel.Error, Message = "every job waits for {What}: {Advice}")]
    public static partial void RedisRefuses(ILogger logger, string what, string advice);

    [LoggerMessage(EventId = 2, EventName = "RedisWrites", Level = LogLevel.Warning, Message = "Redis takes writes again")]
    public static partial void RedisWrites(ILogger logger);

    [LoggerMessage(EventId = 3, EventName = "RedisRisksRefused", Level = LogLevel.Error,
        Message = "nothing new is accepted, since Redis would not keep it: {Risks}; set Redis right, or accept it with {Setting}=true")]
    public static partial void RisksRefused(ILogger logger, string risks, string setting);

    [LoggerMessage(EventId = 4, EventName = "RedisRisksAccepted", Level = LogLevel.Warning,
        Message = "Redis may lose what it is given, and {Setting}=true accepts that: {Risks}")]
    public static partial void RisksAccepted(ILogger logger, string risks, string setting);

    [LoggerMessage(EventId = 5, EventName = "BrokerBlocked", Level = LogLevel.Error,
        Message = "every job waits for {What}: free memory or disk space there, or raise its limit; items go out when it takes messages again")]
    public static partial void BrokerBlocked(ILogger logger, string what);

    [LoggerMessage(EventId = 6, EventName = "BrokerUnblocked", Level = LogLevel.Warning, Message = "RabbitMQ takes messages again")]
    public static partial void BrokerUnblocked(ILogger logger);

    [LoggerMessage(EventId = 7, EventName = "BrokerNotWatched", Level = LogLevel.Debug, Message = "RabbitMQ cannot be watched, trying again: {Error}")]
    public static partial void BrokerNotWatched(ILogger logger, string error);

    [LoggerMessage(EventId = 8, EventName = "LittleRoom", Level = LogLevel.Warning, Message = "{What}: it will wait for room, which is accepted")]
    public static partial void LittleRoom(ILogger logger, string what);
}
