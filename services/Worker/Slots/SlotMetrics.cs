using System.Diagnostics.Metrics;

namespace Cluster.Worker.Slots;

/// <summary>Metrics of the device slots of this process.</summary>
internal sealed class SlotMetrics
{
    private volatile IReadOnlyList<DeviceSlot> _slots = [];

    private readonly Counter<long> _redelivered;

    public SlotMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Cluster.Worker");
        meter.CreateObservableUpDownCounter("cluster.slots.present", Count, "{slot}", "Device slots by what they do; a busy one has an item under way");
        _redelivered = meter.CreateCounter<long>("cluster.item.redelivered", "{item}", "Items that another worker had before and did not acknowledge");
    }

    /// <summary>These are there from now on.</summary>
    public void Observe(IReadOnlyList<DeviceSlot> slots) => _slots = slots;

    public void Redelivered() => _redelivered.Add(1);

    private IEnumerable<Measurement<long>> Count() => _slots
        .CountBy(slot => (Type: slot.Device.Type!.Value.ToString(), State: StateOf(slot)))
        .Select(group => new Measurement<long>(group.Value, new("device", group.Key.Type), new("state", group.Key.State)));

    private static string StateOf(DeviceSlot slot) => !slot.Hardware.IsHealthy ? "unhealthy" : slot.Busy.IsBusy ? "busy" : "idle";
}
