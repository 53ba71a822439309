namespace Cluster.Coordinator.Jobs;

internal static partial class JobLog
{
    [LoggerMessage(EventId = 1, EventName = "JobAccepted", Level = LogLevel.Information, Message = "job {JobId} ({Kind}) accepted")]
    public static partial void Accepted(ILogger logger, string jobId, string kind);

    [LoggerMessage(EventId = 2, EventName = "JobStarted", Level = LogLevel.Information,
        Message = "job {JobId}: {Grains} grains, {Done} done, {Outstanding} ranges outstanding")]
    public static partial void Started(ILogger logger, string jobId, long grains, long done, int outstanding);

    [LoggerMessage(EventId = 3, EventName = "JobEnded", Level = LogLevel.Information, Message = "job {JobId} {State} {Error}")]
    public static partial void Ended(ILogger logger, string jobId, string state, string error);

    [LoggerMessage(EventId = 4, EventName = "JobWaits", Level = LogLevel.Warning, Message = "job {JobId} waits for {Missing}")]
    public static partial void Waits(ILogger logger, string jobId, string missing);

    [LoggerMessage(EventId = 5, EventName = "JobInterrupted", Level = LogLevel.Warning, Message = "job {JobId}: Redis does not answer, reading again: {Error}")]
    public static partial void Interrupted(ILogger logger, string jobId, string error);

    [LoggerMessage(EventId = 6, EventName = "JobLeft", Level = LogLevel.Information, Message = "job {JobId} is not ours to run any more ({Answer})")]
    public static partial void Left(ILogger logger, string jobId, string answer);

    [LoggerMessage(EventId = 7, EventName = "NotPublished", Level = LogLevel.Warning,
        Message = "job {JobId}: an item could not be sent to {Queue}, trying again: {Error}")]
    public static partial void NotPublished(ILogger logger, string jobId, string queue, string error);

    [LoggerMessage(EventId = 8, EventName = "RangeRepublished", Level = LogLevel.Information,
        Message = "job {JobId}: grains {From}-{To} go out again: {Reason}")]
    public static partial void Republished(ILogger logger, string jobId, long from, long to, string reason);

    [LoggerMessage(EventId = 9, EventName = "RangeFailed", Level = LogLevel.Warning,
        Message = "job {JobId}: grains {From}-{To} failed on {Device} ({Attempts} of {Limit} attempts): {Error}")]
    public static partial void RangeFailed(ILogger logger, string jobId, long from, long to, string device, long attempts, int limit, string error);

    [LoggerMessage(EventId = 10, EventName = "JobCrashed", Level = LogLevel.Error,
        Message = "job {JobId}: its runner stopped on an error it does not know; it starts anew")]
    public static partial void Crashed(ILogger logger, Exception exception, string jobId);

    [LoggerMessage(EventId = 11, EventName = "MergeFailed", Level = LogLevel.Warning,
        Message = "job {JobId}: the merge failed ({Failures} of {Limit}): {Error}")]
    public static partial void MergeFailed(ILogger logger, string jobId, int failures, int limit, string error);

    [LoggerMessage(EventId = 12, EventName = "JobUnreadable", Level = LogLevel.Error,
        Message = "job {JobId}: its record cannot be read; it is passed over: {Error}")]
    public static partial void Unreadable(ILogger logger, string jobId, string error);

    [LoggerMessage(EventId = 13, EventName = "JobClosed", Level = LogLevel.Information, Message = "job {JobId} has ended meanwhile; reading again")]
    public static partial void Closed(ILogger logger, string jobId);
}
