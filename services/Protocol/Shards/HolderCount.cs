namespace Cluster.Protocol.Shards;

/// <summary>How many hold something that goes back to its pool when the last of them lets go. Thread safe,
/// in a field of its owner that is not readonly.</summary>
public struct HolderCount
{
    private int _count;

    public readonly bool IsHeld => Volatile.Read(in _count) > 0;

    /// <summary>The first holder: nobody else has the thing yet.</summary>
    /// <exception cref="InvalidOperationException">Somebody has.</exception>
    public void Open()
    {
        if (Interlocked.CompareExchange(ref _count, 1, 0) != 0)
            throw new InvalidOperationException("It is held already.");
    }

    /// <summary>One more holder.</summary>
    /// <exception cref="ObjectDisposedException">Nobody holds the owner.</exception>
    public void Add(object owner)
    {
        var held = Volatile.Read(in _count);
        while (true)
        {
            ObjectDisposedException.ThrowIf(held <= 0, owner);
            var before = Interlocked.CompareExchange(ref _count, held + 1, held);
            if (before == held) return;
            held = before;
        }
    }

    /// <summary>One holder lets go.</summary>
    /// <returns>Whether it was the last.</returns>
    /// <exception cref="ObjectDisposedException">Nobody holds the owner.</exception>
    public bool Remove(object owner)
    {
        var left = Interlocked.Decrement(ref _count);
        if (left >= 0) return left == 0;
        Interlocked.Increment(ref _count);
        throw new ObjectDisposedException(owner.GetType().FullName);
    }
}
