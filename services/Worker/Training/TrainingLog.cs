using Cluster.Protocol.Segments;

namespace Cluster.Worker.Training;

internal static partial class TrainingLog
{
    [LoggerMessage(EventId = 1, EventName = "StreamOpened", Level = LogLevel.Information,
        Message = "stream to ps task {Task} at {Address} opened after {Failures} failures")]
    public static partial void StreamOpened(ILogger logger, int task, string address, int failures);

    [LoggerMessage(EventId = 2, EventName = "StreamBroken", Level = LogLevel.Warning, Message = "stream to ps task {Task} broke: {Reason}")]
    public static partial void StreamBroken(ILogger logger, int task, string reason);

    [LoggerMessage(EventId = 10, EventName = "StreamEnded", Level = LogLevel.Information,
        Message = "stream to ps task {Task} ended: the job is over there, or the ps task stops")]
    public static partial void StreamEnded(ILogger logger, int task);

    [LoggerMessage(EventId = 3, EventName = "StoreNotFound", Level = LogLevel.Information,
        Message = "ps task {Task} is not registered as incarnation {Incarnation:x16}; looking again")]
    public static partial void StoreNotFound(ILogger logger, int task, ulong incarnation);

    [LoggerMessage(EventId = 4, EventName = "SegmentSuperseded", Level = LogLevel.Information,
        Message = "job {JobId}: clocks {From}-{To} of generation {Generation} are given up")]
    public static partial void Superseded(ILogger logger, string jobId, long from, long to, Generation generation);

    [LoggerMessage(EventId = 5, EventName = "SegmentDiverged", Level = LogLevel.Information,
        Message = "job {JobId}: it has diverged; clocks {From}-{To} are left")]
    public static partial void Diverged(ILogger logger, string jobId, long from, long to);

    [LoggerMessage(EventId = 6, EventName = "BatchFailed", Level = LogLevel.Warning,
        Message = "job {JobId}: the gradient of lane {Lane} at clock {Clock} failed")]
    public static partial void BatchFailed(ILogger logger, Exception exception, string jobId, int lane, long clock);

    [LoggerMessage(EventId = 7, EventName = "EvaluationFailed", Level = LogLevel.Warning, Message = "job {JobId}: the evaluation at clock {Clock} failed")]
    public static partial void EvaluationFailed(ILogger logger, Exception exception, string jobId, long clock);

    [LoggerMessage(EventId = 9, EventName = "TrainingDeviceLost", Level = LogLevel.Warning,
        Message = "job {JobId}: clocks {From}-{To} are handed back, since the device was lost at lane {Lane}, clock {Clock}")]
    public static partial void DeviceLost(ILogger logger, string jobId, long from, long to, int lane, long clock);

    [LoggerMessage(EventId = 8, EventName = "ItemNotEnded", Level = LogLevel.Warning,
        Message = "job {JobId}: clocks {From}-{To} could not be marked as left in order: {Reason}")]
    public static partial void NotEnded(ILogger logger, string jobId, long from, long to, string reason);
}
