namespace Cluster.Worker.Ranges;

internal static partial class RangeLog
{
    [LoggerMessage(EventId = 1, EventName = "RangeFailed", Level = LogLevel.Warning, Message = "job {JobId}: grains {From}-{To} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string jobId, long from, long to);

    [LoggerMessage(EventId = 2, EventName = "MergeFailed", Level = LogLevel.Warning, Message = "job {JobId}: the merge failed")]
    public static partial void MergeFailed(ILogger logger, Exception exception, string jobId);

    [LoggerMessage(EventId = 3, EventName = "CoordinatorNotTold", Level = LogLevel.Warning,
        Message = "job {JobId}: the coordinator could not be told; it will find out: {Error}")]
    public static partial void NotTold(ILogger logger, string jobId, string error);
}
