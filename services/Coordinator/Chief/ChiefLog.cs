namespace Cluster.Coordinator.Chief;

internal static partial class ChiefLog
{
    [LoggerMessage(EventId = 1, EventName = "SweepFailed", Level = LogLevel.Warning, Message = "looking for open jobs failed, trying again: {Error}")]
    public static partial void SweepFailed(ILogger logger, string error);
}
