using Cluster.Compute.Computations;
using Cluster.Contracts.Devices;
using Cluster.Contracts.Jobs;

namespace Cluster.Coordinator.Computations;

/// <summary>The grains [From, To) of a job and the device spec that their items go to; ranges are cut at its borders.</summary>
/// <param name="Number">Position among the job's parts, which are in order and cover the space.</param>
/// <param name="From">First grain.</param>
/// <param name="To">Grain after the last.</param>
/// <param name="Device">Device spec; <see cref="DeviceSpec.Any"/> where any device will do.</param>
internal sealed record PlacedGrains(int Number, long From, long To, DeviceSpec Device)
{
    public GrainRange Grains => new(From, To);

    /// <summary>The parts of a space: those that a placement names, its devices within the outer one, and what lies between them.</summary>
    public static IReadOnlyList<PlacedGrains> Of(long grainCount, long grainSize, DeviceSpec outer, ItemPlacement? placement)
    {
        var parts = new List<PlacedGrains>();
        var end = 0L;
        foreach (var part in placement?.Parts ?? [])
        {
            var (from, to) = (part.From / grainSize, ((part.To - 1) / grainSize) + 1);
            Add(from, outer);
            Add(to, outer.Merge(DeviceSpec.Parse(part.Device)));
        }

        Add(grainCount, outer);
        return parts;

        void Add(long to, DeviceSpec device)
        {
            if (to > end) parts.Add(new PlacedGrains(parts.Count, end, to, device));
            end = to;
        }
    }
}
