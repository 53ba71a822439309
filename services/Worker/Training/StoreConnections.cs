using Cluster.DataPlane.Client;
using Cluster.DataPlane.Sending;

namespace Cluster.Worker.Training;

/// <summary>A slot's streams to the ps tasks, and what is noted of each task for the item under way.</summary>
/// <remarks>Grown and closed by whoever has the slot's exchange; the notes are guarded by the exchange's lock.</remarks>
internal sealed class StoreConnections(SegmentExchangeContext context, IExchangeSink sink, WakeUp opened)
{
    private readonly List<StoreLink> _links = [];
    private readonly List<StorePeer> _peers = [];

    public StoreLink Link(int task) => _links[task];

    public StorePeer Peer(int task) => _peers[task];

    /// <summary>Keeps a stream to each of these processes open from now on.</summary>
    public async Task UseAsync(IReadOnlyList<ulong> incarnations)
    {
        while (_links.Count < incarnations.Count)
        {
            _links.Add(context.CreateLink(_links.Count, sink, opened));
            _peers.Add(new StorePeer(context.Time));
        }

        for (var task = 0; task < incarnations.Count; task++) await _links[task].UseAsync(incarnations[task]);
    }

    /// <summary>An item begins: it is to be attached everywhere. Under the lock.</summary>
    public void Begin()
    {
        foreach (var peer in _peers) peer.Begin();
    }

    /// <summary>The work goes on. Under the lock.</summary>
    public void GoOn()
    {
        foreach (var peer in _peers) peer.GoOn();
    }

    /// <summary>Whether a stream was opened, or broke, that the item is not attached to.</summary>
    /// <param name="tasks">Ps tasks of the item's job.</param>
    public bool HasChanged(int tasks)
    {
        for (var task = 0; task < tasks; task++)
        {
            if (_links[task].Stream != _peers[task].Stream) return true;
        }

        return false;
    }

    /// <summary>No stream writes to the item's buffers any more but for the rest of a slice, which nobody reads.</summary>
    public void Detach()
    {
        foreach (var link in _links) link.Stream?.Detach();
    }

    public async Task CloseAsync()
    {
        await Task.WhenAll(_links.Select(link => link.DisposeAsync().AsTask()));
        _links.Clear();
        _peers.Clear();
    }
}
