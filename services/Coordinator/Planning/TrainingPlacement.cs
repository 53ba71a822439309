using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Storage.Registry;

namespace Cluster.Coordinator.Planning;

/// <summary>
/// Where the items of a training job go now: devices of one type, since a step waits for its slowest lane. Where the spec
/// leaves the type open, GPUs that can train the model, and CPUs only while there are none.
/// </summary>
internal sealed record TrainingPlacement(IReadOnlyList<PlacementTarget> Targets)
{
    /// <summary>Full names of the devices, in the order of <see cref="Slot"/>.</summary>
    public IReadOnlyList<string> Devices { get; } = [.. Targets.SelectMany(target => target.Devices)];

    /// <summary>The slot that the first item goes to: jobs that share devices begin at different ones.</summary>
    public int First { get; init; }

    /// <summary>The placement of a job's items, or null when no healthy device of a live worker serves it.</summary>
    public static TrainingPlacement? For(TrainingSpec spec, IReadOnlyList<RegisteredTask> workers)
    {
        var placement = Placement.For(DeviceSpec.Parse(spec.Device ?? ""), spec.SoftPlacement, WorkSkill.Model(spec.Model), workers);
        return placement is { Targets: [var first, ..] targets } ? new TrainingPlacement([.. targets.Where(target => target.Type == first.Type)]) : null;
    }

    /// <summary>The way of an item to its slot; where there are more items than slots, they begin anew.</summary>
    /// <param name="ordinal">Number of the item, from 0.</param>
    public PlacementKey Slot(int ordinal)
    {
        var slot = (First + ordinal) % Devices.Count;
        var target = 0;
        while (slot >= Targets[target].Slots) slot -= Targets[target++].Slots;
        return Targets[target].Key;
    }
}
