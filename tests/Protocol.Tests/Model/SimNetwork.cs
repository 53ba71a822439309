namespace Cluster.Protocol.Tests.Model;

/// <summary>Messages under way: delivered in any order, late, twice or never.</summary>
internal sealed class SimNetwork(SimRandom random)
{
    private readonly List<(SimProcess? To, Action Deliver)> _messages = [];

    public int Count => _messages.Count;

    /// <summary>Percent of messages that are lost, and as many that are delivered twice.</summary>
    public int Faults { get; set; }

    /// <param name="to">The process; null for the store and the broker.</param>
    /// <param name="deliver">What it does with the message.</param>
    public void Send(SimProcess? to, Action deliver) => _messages.Add((to, deliver));

    public void DeliverOne()
    {
        var start = random.Next(_messages.Count);
        for (var i = 0; i < _messages.Count; i++)
        {
            var place = (start + i) % _messages.Count;
            var (to, deliver) = _messages[place];
            if (to is { IsPaused: true, IsDead: false })
                continue;
            if (!random.Chance(Faults))
            {
                _messages[place] = _messages[^1];
                _messages.RemoveAt(_messages.Count - 1);
            }

            if (to is not { IsDead: true } && !random.Chance(Faults))
                deliver();
            return;
        }
    }
}
