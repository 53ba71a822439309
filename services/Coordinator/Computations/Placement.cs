using Cluster.Contracts.Devices;
using Cluster.Contracts.Messages;
using Cluster.ServiceDefaults.Registry;

namespace Cluster.Coordinator.Computations;

/// <summary>Where the items of a job go now: a queue, and how many device slots take from it.</summary>
internal sealed record Placement(string Queue, int Slots)
{
    /// <summary>The placement for a device spec among the live workers, or null when none of their devices serves it.</summary>
    public static Placement? For(DeviceSpec spec, string computation, IReadOnlyList<RegisteredTask> workers)
    {
        var slots = workers.Where(w => w.Entry.Ready && w.Entry.Computations.Contains(computation)).SelectMany(w => w.Devices).Count(spec.Matches);
        return slots == 0 ? null : new Placement(QueueFor(spec), slots);
    }

    /// <summary>Why nothing can be placed, with what there is.</summary>
    public static string WhyNone(DeviceSpec spec, string computation, IReadOnlyList<RegisteredTask> workers)
    {
        var ready = workers.Where(w => w.Entry.Ready).ToList();
        if (ready.Count == 0) return "no worker is there";
        if (!ready.Exists(w => w.Entry.Computations.Contains(computation)))
            return $"no worker has the computation '{computation}'; they have {string.Join(", ", ready.SelectMany(w => w.Entry.Computations).Distinct().Order())}";
        return $"no live device matches {spec}; there are {string.Join(", ", ready.SelectMany(w => w.Devices))}";
    }

    private static string QueueFor(DeviceSpec spec) => spec switch
    {
        { Task: { } task } => QueueNames.WorkTask(task),
        { Type: DeviceType.Cpu } => QueueNames.WorkCpu,
        { Type: DeviceType.Gpu } => QueueNames.WorkGpu,
        _ => QueueNames.WorkAny,
    };
}
