namespace Cluster.Worker.Ranges;

internal static partial class RangeLog
{
    [LoggerMessage(EventId = 1, EventName = "RangeFailed", Level = LogLevel.Warning, Message = "job {JobId}: grains {From}-{To} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string jobId, long from, long to);

    [LoggerMessage(EventId = 2, EventName = "MergeFailed", Level = LogLevel.Warning, Message = "job {JobId}: the merge failed")]
    public static partial void MergeFailed(ILogger logger, Exception exception, string jobId);

    [LoggerMessage(EventId = 4, EventName = "ComputationHangs", Level = LogLevel.Error,
        Message = "a computation was not done after {Limit} and did not end within {Grace} when it was asked to; this worker stops, since it holds a device for ever")]
    public static partial void Hung(ILogger logger, TimeSpan limit, TimeSpan grace);

    [LoggerMessage(EventId = 3, EventName = "CoordinatorNotTold", Level = LogLevel.Warning, Message = "job {JobId}: the coordinator could not be told; it will find out: {Error}")]
    public static partial void NotTold(ILogger logger, string jobId, string error);
}
