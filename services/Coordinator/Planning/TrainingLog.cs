using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;

namespace Cluster.Coordinator.Planning;

internal static partial class TrainingLog
{
    [LoggerMessage(EventId = 20, EventName = "TrainingPlanned", Level = LogLevel.Information,
        Message = "job {JobId}: {Parameters} parameters on {Stores} ps tasks, {Clocks} clocks of {Lanes} lanes")]
    public static partial void Planned(ILogger logger, string jobId, int parameters, int stores, long clocks, int lanes);

    [LoggerMessage(EventId = 21, EventName = "GenerationStarted", Level = LogLevel.Information,
        Message = "job {JobId}: generation {Generation} starts from clock {Clock}")]
    public static partial void GenerationStarted(ILogger logger, string jobId, Generation generation, long clock);

    [LoggerMessage(EventId = 22, EventName = "SegmentPublished", Level = LogLevel.Debug, Message = "job {JobId}: segment {Segment} goes out in {Items} items")]
    public static partial void Published(ILogger logger, string jobId, Segment segment, int items);

    [LoggerMessage(EventId = 23, EventName = "Committed", Level = LogLevel.Debug, Message = "job {JobId}: clock {Clock} with {Examples} examples: {Result}")]
    public static partial void Flipped(ILogger logger, string jobId, long clock, long examples, FlipResult result);

    [LoggerMessage(EventId = 24, EventName = "BatchFailed", Level = LogLevel.Warning,
        Message = "job {JobId}: lane {Lane}, clock {Clock} failed on {Device} ({Attempts} of {Limit} attempts): {Error}")]
    public static partial void BatchFailed(ILogger logger, string jobId, int lane, long clock, string device, long attempts, int limit, string error);

    [LoggerMessage(EventId = 25, EventName = "EvaluationFailed", Level = LogLevel.Warning,
        Message = "job {JobId}: the evaluation failed ({Failures} of {Limit}): {Error}")]
    public static partial void EvaluationFailed(ILogger logger, string jobId, int failures, int limit, string error);

    [LoggerMessage(EventId = 28, EventName = "Evaluated", Level = LogLevel.Information,
        Message = "job {JobId}: at clock {Clock} {Metric} is {Value}: {Decision}")]
    public static partial void Evaluated(ILogger logger, string jobId, long clock, string metric, double value, string decision);

    [LoggerMessage(EventId = 29, EventName = "TrainingWarned", Level = LogLevel.Information, Message = "job {JobId}: its user is warned: {Warning}")]
    public static partial void Warned(ILogger logger, string jobId, string warning);

    [LoggerMessage(EventId = 26, EventName = "StoreRefused", Level = LogLevel.Warning,
        Message = "job {JobId}: /job:ps/task:{Task} refuses it for now: {Error}")]
    public static partial void StoreRefused(ILogger logger, string jobId, int task, string error);

    [LoggerMessage(EventId = 27, EventName = "SegmentRepublished", Level = LogLevel.Information,
        Message = "job {JobId}: {Items} items of segment {Segment} go out again: their lanes stand still")]
    public static partial void Republished(ILogger logger, string jobId, Segment segment, int items);
}
