using Cluster.Contracts.Devices;

namespace Cluster.Coordinator.Placements;

/// <summary>One way for items to go: a queue, and what their device spec says there.</summary>
/// <param name="Queue">Queue that the workers of these devices consume.</param>
/// <param name="Device">Device spec of the items.</param>
internal readonly record struct PlacementKey(string Queue, DeviceSpec Device);

/// <summary>A way for items to go, and the live devices at its end, all of one type.</summary>
internal sealed record PlacementTarget(PlacementKey Key, IReadOnlyList<string> Devices)
{
    public int Slots => Devices.Count;

    public DeviceType Type => Key.Device.Type!.Value;
}
