using Microsoft.Extensions.Logging;

namespace Cluster.Storage.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(EventId = 1, EventName = "LeaseGranted", Level = LogLevel.Information, Message = "this process holds {Title} (lease {Token})")]
    public static partial void LeaseGranted(ILogger logger, string title, string token);

    [LoggerMessage(EventId = 2, EventName = "LeaseLost", Level = LogLevel.Warning, Message = "{Title} has a new holder; lease {Token} is over")]
    public static partial void LeaseLost(ILogger logger, string title, string token);

    [LoggerMessage(EventId = 3, EventName = "RegistryAway", Level = LogLevel.Warning,
        Message = "registry of {JobName}: Redis does not answer, trying again: {Error}")]
    public static partial void RegistryAway(ILogger logger, string jobName, string error);

    [LoggerMessage(EventId = 4, EventName = "RenewalFailed", Level = LogLevel.Error, Message = "the lease on {Title} could not be renewed, trying again")]
    public static partial void RenewalFailed(ILogger logger, Exception exception, string title);
}
