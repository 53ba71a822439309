namespace Cluster.Worker.Slots;

internal static partial class WorkerLog
{
    [LoggerMessage(EventId = 1, EventName = "WorkerTaskFailed", Level = LogLevel.Critical, Message = "the worker cannot go on; stopping")]
    public static partial void TaskFailed(ILogger logger, Exception exception);
}
