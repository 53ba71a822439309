using Cluster.Protocol.Commits;

namespace Cluster.Protocol.Tests.Model;

/// <summary>RabbitMQ: an item comes again until it is acknowledged.</summary>
internal sealed class SimBroker
{
    private readonly List<Delivery> _items = [];

    public bool IsEmpty => _items.Count == 0;

    public string Describe() => string.Join(", ", _items.Select(item => $"{item.Item.Segment} {item.Item.Lanes} consumer {item.Consumer?.Id}"));

    public void Publish(SegmentItem item) => _items.Add(new Delivery(item));

    public Delivery? Take(SimProcess consumer, SimRandom random)
    {
        Delivery[] free = [.. _items.Where(item => item.Consumer is null or { IsDead: true })];
        if (free.Length == 0)
            return null;
        Delivery taken = random.Pick(free);
        taken.Consumer = consumer;
        return taken;
    }

    public void Acknowledge(Delivery item) => _items.Remove(item);

    /// <summary>A restart gives out again what was not acknowledged.</summary>
    public void Restart() => _items.ForEach(item => item.Consumer = null);

    internal sealed class Delivery(SegmentItem item)
    {
        public SegmentItem Item { get; } = item;

        public SimProcess? Consumer { get; set; }
    }
}
