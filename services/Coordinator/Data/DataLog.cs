namespace Cluster.Coordinator.Data;

internal static partial class DataLog
{
    [LoggerMessage(EventId = 1, EventName = "DataLoaded", Level = LogLevel.Information,
        Message = "data set {Id} loaded: {Rows} rows, {Features} features, {Bytes} bytes in {Elapsed}")]
    public static partial void Loaded(ILogger logger, string id, long rows, int features, long bytes, TimeSpan elapsed);

    [LoggerMessage(EventId = 2, EventName = "DataRefused", Level = LogLevel.Information, Message = "a file was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string reason);
}
