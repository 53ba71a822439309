namespace Cluster.Compute.Computations;

/// <summary>
/// Folds the payloads of <see cref="RangeComputer"/>, in order and without a gap, into the total of a space. It keeps a
/// stack of nodes of falling level, so its memory is the logarithm of the number of grains.
/// </summary>
public sealed class GrainFold(IBoundComputation computation, GrainSpace space)
{
    private readonly Stack<(GrainNode Node, byte[] Partial)> _stack = new();

    /// <summary>The grain that the next range begins with.</summary>
    public long NextGrain { get; private set; }

    /// <param name="range">Begins at <see cref="NextGrain"/>.</param>
    /// <param name="payload">The partial results of the range's nodes, in order.</param>
    /// <exception cref="ArgumentException">A gap, an overlap, a range outside the space or a payload of another
    /// size; nothing is folded.</exception>
    public void Add(GrainRange range, ReadOnlySpan<byte> payload)
    {
        space.ThrowIfOutside(range);
        if (range.From != NextGrain)
        {
            throw new ArgumentException(
                $"Range [{range.From}, {range.To}) leaves a gap or overlaps: grain {NextGrain} is next.", nameof(range));
        }

        var nodes = GrainTree.Decompose(range);
        if (payload.Length != (long)nodes.Count * computation.PartialSize)
        {
            throw new ArgumentException(
                $"Range [{range.From}, {range.To}) has a payload of {payload.Length} bytes; {nodes.Count} nodes of "
                + $"{computation.PartialSize} bytes are expected.", nameof(payload));
        }

        for (var i = 0; i < nodes.Count; i++)
            Push(nodes[i], payload.Slice(i * computation.PartialSize, computation.PartialSize).ToArray());
        NextGrain = range.To;
    }

    /// <summary>The merge of all grains.</summary>
    /// <exception cref="InvalidOperationException">Grains are missing.</exception>
    public byte[] Total()
    {
        if (NextGrain != space.GrainCount)
        {
            throw new InvalidOperationException(
                $"Grain {NextGrain} is next; the total needs all {space.GrainCount} grains.");
        }

        // Nodes that reach beyond the last grain have an only child, which passes through: what is left merges from the right.
        var total = Array.Empty<byte>();
        foreach (var (_, partial) in _stack)
            total = total.Length == 0 ? partial : Merge(partial, total);
        return total;
    }

    private void Push(GrainNode node, byte[] partial)
    {
        while (_stack.TryPeek(out var left) && left.Node == node.Sibling)
        {
            _stack.Pop();
            (node, partial) = (node.Parent, Merge(left.Partial, partial));
        }

        _stack.Push((node, partial));
    }

    private byte[] Merge(byte[] left, byte[] right)
    {
        var merged = new byte[computation.PartialSize];
        computation.Merge(left, right, merged);
        return merged;
    }
}
