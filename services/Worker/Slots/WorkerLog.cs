using Cluster.Contracts.Devices;

namespace Cluster.Worker.Slots;

internal static partial class WorkerLog
{
    [LoggerMessage(EventId = 1, EventName = "WorkerTaskFailed", Level = LogLevel.Critical, Message = "the worker cannot go on; stopping")]
    public static partial void TaskFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, EventName = "DeviceFound", Level = LogLevel.Information, Message = "{Type} {Index}: {Name}, {Details}")]
    public static partial void DeviceFound(ILogger logger, DeviceType type, int index, string name, string details);

    [LoggerMessage(EventId = 3, EventName = "WithoutGpu", Level = LogLevel.Information, Message = "no GPU: {Reason}")]
    public static partial void WithoutGpu(ILogger logger, string reason);

    [LoggerMessage(EventId = 4, EventName = "DeviceLost", Level = LogLevel.Error, Message = "{Name} (device {Index}) is lost and will be opened anew: {Error}")]
    public static partial void DeviceLost(ILogger logger, string name, int index, string error);

    [LoggerMessage(EventId = 5, EventName = "DeviceBack", Level = LogLevel.Information, Message = "{Name} (device {Index}) takes items again")]
    public static partial void DeviceBack(ILogger logger, string name, int index);

    [LoggerMessage(EventId = 6, EventName = "DeviceNotOpened", Level = LogLevel.Warning,
        Message = "{Name} (device {Index}) could not be opened, trying again: {Error}")]
    public static partial void DeviceNotOpened(ILogger logger, string name, int index, string error);

    [LoggerMessage(EventId = 7, EventName = "DeviceNotClosed", Level = LogLevel.Warning, Message = "{Name} (device {Index}) could not be closed: {Error}")]
    public static partial void DeviceNotClosed(ILogger logger, string name, int index, string error);

    [LoggerMessage(EventId = 8, EventName = "GpusClaimed", Level = LogLevel.Warning, Message = "{Waiting}")]
    public static partial void GpusClaimed(ILogger logger, string waiting);

    [LoggerMessage(EventId = 9, EventName = "GpuLost", Level = LogLevel.Critical,
        Message = "another process has claimed the GPU of this one, which was away for too long; stopping")]
    public static partial void GpuLost(ILogger logger);

    [LoggerMessage(EventId = 10, EventName = "Drained", Level = LogLevel.Information,
        Message = "{Name} is asked to leave: it hands back what it does and ends")]
    public static partial void Drained(ILogger logger, DeviceSpec name);
}
