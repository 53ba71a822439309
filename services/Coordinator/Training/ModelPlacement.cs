using Cluster.Compute.Devices;
using Cluster.Contracts.Messages;
using Cluster.ServiceDefaults.Registry;

namespace Cluster.Coordinator.Training;

/// <summary>Where the items of a training job go now: a queue, and how many device slots take from it.</summary>
internal sealed record ModelPlacement(string Queue, int Slots)
{
    /// <summary>The placement of training items, or null when no worker has the model. Training runs on CPUs.</summary>
    public static ModelPlacement? For(string model, IReadOnlyList<RegisteredTask> workers)
    {
        var slots = workers.Where(w => w.Entry.Ready && w.Entry.Models.Contains(model)).SelectMany(w => w.Devices).Count(d => d.Type == DeviceType.Cpu);
        return slots == 0 ? null : new ModelPlacement(QueueNames.WorkAny, slots);
    }

    /// <summary>What is missing where no worker can train, with what there is.</summary>
    public static string Missing(string model, IReadOnlyList<RegisteredTask> workers)
    {
        var ready = workers.Where(w => w.Entry.Ready).ToList();
        return ready.Count == 0
            ? "a worker"
            : $"a worker with the model '{model}' (they have {string.Join(", ", ready.SelectMany(w => w.Entry.Models).Distinct().Order())})";
    }
}
