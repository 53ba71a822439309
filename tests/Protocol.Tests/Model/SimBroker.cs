using Cluster.Protocol.Commits;

namespace Cluster.Protocol.Tests.Model;

/// <summary>RabbitMQ: an item comes again until it is acknowledged. Items of all jobs are in one queue.</summary>
internal sealed class SimBroker
{
    private readonly List<Delivery> _items = [];

    public bool HasItemsOf(SimJob job) => _items.Exists(item => item.Job == job);

    public string Describe() => string.Join(", ", _items.Select(item => $"{item.Job.Name} {item.Item.Segment} {item.Item.Lanes} consumer {item.Consumer?.Id}"));

    public void Publish(SimJob job, SegmentItem item) => _items.Add(new Delivery(job, item));

    public Delivery? Take(SimProcess consumer, SimRandom random)
    {
        Delivery[] free = [.. _items.Where(item => item.Consumer is null or { IsDead: true })];
        if (free.Length == 0)
            return null;
        var taken = random.Pick(free);
        taken.Consumer = consumer;
        return taken;
    }

    public void Acknowledge(Delivery item) => _items.Remove(item);

    /// <summary>A restart gives out again what was not acknowledged.</summary>
    public void Restart() => _items.ForEach(item => item.Consumer = null);

    internal sealed class Delivery(SimJob job, SegmentItem item)
    {
        public SimJob Job { get; } = job;

        public SegmentItem Item { get; } = item;

        public SimProcess? Consumer { get; set; }
    }
}
