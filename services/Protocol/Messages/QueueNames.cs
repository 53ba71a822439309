using System.Globalization;
using Cluster.Contracts.Devices;

namespace Cluster.Protocol.Messages;

/// <summary>Names of the queues, which are durable quorum queues on RabbitMQ.</summary>
public static class QueueNames
{
    /// <summary>Items for CPUs.</summary>
    public const string WorkCpu = "work-cpu";

    /// <summary>Items for GPUs.</summary>
    public const string WorkGpu = "work-gpu";

    /// <summary>Events for the coordinator.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Items for devices of one type.</summary>
    public static string WorkOn(DeviceType type) => type == DeviceType.Gpu ? WorkGpu : WorkCpu;

    /// <summary>Items pinned to the devices of one type of one worker task.</summary>
    public static string WorkTask(int task, DeviceType type)
        => string.Create(CultureInfo.InvariantCulture, $"work-task-{task}-{(type == DeviceType.Gpu ? "gpu" : "cpu")}");
}
