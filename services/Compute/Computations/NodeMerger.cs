namespace Cluster.Compute.Computations;

/// <summary>
/// Merges the nodes of a range as they arrive, in any order and from any thread: a node waits for its sibling, and what
/// waits stays within the logarithm of the range for each thread.
/// </summary>
internal sealed class NodeMerger(IBoundComputation computation)
{
    private readonly Dictionary<GrainNode, byte[]> _waiting = [];

    /// <summary>A node whose sibling is not wholly inside the range, once all grains of the range were added.</summary>
    public byte[] this[GrainNode node] => _waiting[node];

    /// <summary>How many nodes wait.</summary>
    public int Count
    {
        get
        {
            lock (_waiting)
                return _waiting.Count;
        }
    }

    public void Add(GrainNode node, byte[] partial)
    {
        while (!TryWait(node, partial, out var sibling))
        {
            var merged = new byte[computation.PartialSize];
            computation.Merge(node.IsLeft ? partial : sibling, node.IsLeft ? sibling : partial, merged);
            (node, partial) = (node.Parent, merged);
        }
    }

    private bool TryWait(GrainNode node, byte[] partial, out byte[] sibling)
    {
        lock (_waiting)
        {
            if (_waiting.Remove(node.Sibling, out sibling!))
                return false;

            _waiting.Add(node, partial);
            sibling = [];
            return true;
        }
    }
}
