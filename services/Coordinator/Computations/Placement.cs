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

    /// <summary>The placement of training items, or null when no worker has the model.</summary>
    public static Placement? ForModel(string model, IReadOnlyList<RegisteredTask> workers)
    {
        var slots = workers.Where(w => w.Entry.Ready && w.Entry.Models.Contains(model)).Sum(w => w.Entry.Devices.Count);
        return slots == 0 ? null : new Placement(QueueNames.WorkAny, slots);
    }

    /// <summary>What is missing where no worker can train, with what there is.</summary>
    public static string MissingForModel(string model, IReadOnlyList<RegisteredTask> workers)
    {
        var ready = workers.Where(w => w.Entry.Ready).ToList();
        return ready.Count == 0
            ? "a worker"
            : $"a worker with the model '{model}' (they have {string.Join(", ", ready.SelectMany(w => w.Entry.Models).Distinct().Order())})";
    }

    /// <summary>What is missing where nothing can be placed, with what there is: <c>a worker</c>.</summary>
    public static string Missing(DeviceSpec spec, string computation, IReadOnlyList<RegisteredTask> workers)
    {
        var ready = workers.Where(w => w.Entry.Ready).ToList();
        if (ready.Count == 0) return "a worker";
        var able = ready.Where(w => w.Entry.Computations.Contains(computation)).ToList();
        return able.Count == 0
            ? $"a worker with the computation '{computation}' (they have {string.Join(", ", ready.SelectMany(w => w.Entry.Computations).Distinct().Order())})"
            : $"a device that matches {spec} (there are {string.Join(", ", able.SelectMany(w => w.Devices))})";
    }

    private static string QueueFor(DeviceSpec spec) => spec switch
    {
        { Task: { } task } => QueueNames.WorkTask(task),
        { Type: { } type } => QueueNames.WorkOn(type),
        _ => QueueNames.WorkAny,
    };
}
