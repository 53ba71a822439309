using Cluster.Contracts.Devices;
using Cluster.Protocol.Messages;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Placements;

/// <summary>
/// Where items of a device spec go now, in order of preference: GPUs before CPUs. An item goes to the first target that has
/// room, so that a spec that leaves the type open uses every device, and a single item a GPU where there is one.
/// </summary>
internal sealed record Placement(IReadOnlyList<PlacementTarget> Targets)
{
    private static readonly DeviceSpec AnyCpu = new() { Type = DeviceType.Cpu };

    /// <summary>The placement for a device spec among the live workers, or null when none of their healthy devices serves it.</summary>
    /// <param name="spec">What was asked for.</param>
    /// <param name="soft">Take CPUs where nothing matches: those of the task that was named, else any.</param>
    /// <param name="skill">What the workers must be able to run.</param>
    /// <param name="workers">The live workers.</param>
    public static Placement? For(DeviceSpec spec, bool soft, WorkSkill skill, IReadOnlyList<RegisteredTask> workers)
    {
        var able = Able(skill, workers).Where(d => d.Unhealthy.Length == 0).Select(d => d.Name).ToList();
        return For(spec, able) ?? (soft ? For(spec with { Type = DeviceType.Cpu, Index = null }, able) ?? For(AnyCpu, able) : null);
    }

    /// <summary>What is missing where nothing can be placed, with what there is: <c>a worker</c>.</summary>
    public static string Missing(DeviceSpec spec, WorkSkill skill, IReadOnlyList<RegisteredTask> workers)
    {
        var ready = workers.Where(w => w.Entry.Ready).ToList();
        if (ready.Count == 0) return "a worker";
        return IsUnknown(skill, workers)
            ? $"a worker with the {skill.Kind} '{skill.Name}' (they have {string.Join(", ", ready.SelectMany(w => skill.All(w.Entry)).Distinct().Order())})"
            : $"a device that matches {spec} (there are {string.Join(", ", Able(skill, workers).Select(Describe))})";
    }

    /// <summary>Whether there are workers and none has the computation or the model: a wrong name, more likely than a worker that is still to come.</summary>
    public static bool IsUnknown(WorkSkill skill, IReadOnlyList<RegisteredTask> workers)
        => workers.Any(w => w.Entry.Ready) && !Able(skill, workers).Any();

    private static Placement? For(DeviceSpec spec, List<DeviceSpec> able)
    {
        var matching = able.Where(spec.Matches).OrderByDescending(d => d.Type == DeviceType.Gpu).ToList();
        if (matching.Count == 0) return null;
        return new Placement([.. matching.GroupBy(d => KeyFor(spec, d)).Select(g => new PlacementTarget(g.Key, [.. g.Select(d => d.ToString())]))]);
    }

    // Each task has one CPU, so its index tells nothing apart; a GPU's does, and only the tasks that have it may take the item.
    private static PlacementKey KeyFor(DeviceSpec spec, DeviceSpec device)
    {
        var type = device.Type!.Value;
        var isShared = spec.Task is null && (spec.Index is null || type == DeviceType.Cpu);
        return isShared
            ? new PlacementKey(QueueNames.WorkOn(type), new DeviceSpec { Type = type })
            : new PlacementKey(QueueNames.WorkTask(device.Task!.Value, type), device with { Index = spec.Index });
    }

    private static IEnumerable<(DeviceSpec Name, string Unhealthy)> Able(WorkSkill skill, IReadOnlyList<RegisteredTask> workers)
        => workers.Where(w => w.Entry.Ready)
            .SelectMany(w => w.Devices.Zip(w.Entry.Devices, (name, device) => (Task: w, Name: name, device.Unhealthy)))
            .Where(d => skill.IsOf(d.Task.Entry, d.Name.Type!.Value))
            .Select(d => (d.Name, d.Unhealthy));

    private static string Describe((DeviceSpec Name, string Unhealthy) device)
        => device.Unhealthy.Length == 0 ? $"{device.Name}" : $"{device.Name}, which takes no items: {device.Unhealthy}";
}
