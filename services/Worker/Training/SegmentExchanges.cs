using System.Collections.Concurrent;
using Cluster.Worker.Slots;

namespace Cluster.Worker.Training;

/// <summary>The exchange of each device slot of this process.</summary>
internal sealed class SegmentExchanges(SegmentExchangeContext context) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<DeviceSlot, Lazy<SegmentExchange>> _bySlot = [];

    public SegmentExchange Of(DeviceSlot slot) => _bySlot.GetOrAdd(slot, _ => new(() => new SegmentExchange(context, slot.Hardware))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var exchange in _bySlot.Values) await exchange.Value.DisposeAsync();
    }
}
