namespace Cluster.Compute.Computations;

/// <summary>
/// Merges the nodes of a range as they arrive, in any order and from any thread: a node waits for its sibling, and what
/// waits stays within the logarithm of the range for each thread.
/// </summary>
internal sealed class NodeMerger(IBoundComputation computation, GrainRange range)
{
    private readonly Dictionary<GrainNode, byte[]> _waiting = [];

    /// <summary>A node that has no sibling inside the range; all of them are there once all grains were added.</summary>
    public byte[] this[GrainNode node] => _waiting[node];

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
        var parent = node.Parent;
        lock (_waiting)
        {
            if (parent.From >= range.From && parent.To <= range.To && _waiting.Remove(node.Sibling, out sibling!))
                return false;

            _waiting.Add(node, partial);
            sibling = [];
            return true;
        }
    }
}
