using Cluster.Protocol.Segments;

namespace Cluster.ParameterStore;

internal static partial class ParameterStoreLog
{
    [LoggerMessage(EventId = 1, EventName = "TaskFailed", Level = LogLevel.Critical, Message = "the parameter store cannot go on; stopping")]
    public static partial void TaskFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, EventName = "ShardOpened", Level = LogLevel.Information,
        Message = "job {Job}: generation {Generation} loads {Length} parameters, {Bytes} bytes in all")]
    public static partial void ShardOpened(ILogger logger, string job, Generation generation, int length, long bytes);

    [LoggerMessage(EventId = 3, EventName = "LoadFailed", Level = LogLevel.Error, Message = "job {Job}: generation {Generation} could not be loaded")]
    public static partial void LoadFailed(ILogger logger, Exception exception, string job, string generation);

    [LoggerMessage(EventId = 4, EventName = "SnapshotFailed", Level = LogLevel.Warning,
        Message = "job {Job}: the snapshot at clock {Clock} was not written: {Error}")]
    public static partial void SnapshotFailed(ILogger logger, string job, long clock, string error);

    [LoggerMessage(EventId = 5, EventName = "WorkerCut", Level = LogLevel.Warning, Message = "job {Job}: worker {Worker} is cut off: {Reason}")]
    public static partial void WorkerCut(ILogger logger, string job, ulong worker, string reason);

    [LoggerMessage(EventId = 6, EventName = "FrameRefused", Level = LogLevel.Warning, Message = "stream of {Peer}: {Error}")]
    public static partial void FrameRefused(ILogger logger, string peer, string error);

    [LoggerMessage(EventId = 7, EventName = "ShardFailed", Level = LogLevel.Error, Message = "job {Job}: the shard is dropped")]
    public static partial void ShardFailed(ILogger logger, Exception exception, string job);

    [LoggerMessage(EventId = 8, EventName = "Diverged", Level = LogLevel.Error, Message = "job {Job}: {Divergence}")]
    public static partial void Diverged(ILogger logger, string job, string divergence);

    [LoggerMessage(EventId = 9, EventName = "StreamRefused", Level = LogLevel.Warning, Message = "stream of {Peer} is refused: {Reason}")]
    public static partial void StreamRefused(ILogger logger, string peer, string reason);

    [LoggerMessage(EventId = 10, EventName = "ShardDropped", Level = LogLevel.Information, Message = "job {Job}: it has ended; its shard is dropped")]
    public static partial void ShardDropped(ILogger logger, string job);
}
