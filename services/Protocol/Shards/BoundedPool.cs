namespace Cluster.Protocol.Shards;

/// <summary>Things of one kind that go round: as many as there can be at once, each made when it is first needed. Thread safe.</summary>
/// <typeparam name="T">What goes round.</typeparam>
public sealed class BoundedPool<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _free;
    private readonly int _capacity;
    private readonly string _things;
    private readonly Func<T> _make;
    private int _made;

    /// <param name="capacity">Things there may be.</param>
    /// <param name="things">What they are called in errors.</param>
    /// <param name="make">Makes another one.</param>
    public BoundedPool(int capacity, string things, Func<T> make)
    {
        (_capacity, _things, _make) = (capacity, things, make);
        _free = new Stack<T>(capacity);
    }

    /// <summary>Things that someone holds.</summary>
    public int Rented
    {
        get
        {
            lock (_gate) return _made - _free.Count;
        }
    }

    /// <exception cref="InvalidOperationException">More are held than there can be.</exception>
    public T Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out var thing)) return thing;
            if (_made == _capacity)
                throw new InvalidOperationException($"All {_capacity} {_things} are held.");
            thing = _make();
            _made++;
            return thing;
        }
    }

    /// <summary>Takes one back that nobody holds any more.</summary>
    public void Return(T thing)
    {
        lock (_gate) _free.Push(thing);
    }
}
