namespace Cluster.Worker.Training;

/// <summary>Values by key, loaded once however many ask, the least recently used ones dropped. Thread safe.</summary>
/// <param name="limit">What all loaded values may cost together; the newest one stays, whatever it costs.</param>
/// <param name="cost">What a value costs.</param>
/// <param name="dropped">Told of each value that is dropped, under the cache's lock.</param>
internal sealed class LoadingCache<T>(long limit, Func<T, long> cost, Action<T>? dropped = null)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _used;

    /// <summary>The value of a key. A load that fails is tried again by whoever asks next.</summary>
    /// <param name="key">The key.</param>
    /// <param name="load">Loads it; goes on when a caller stops waiting, for others may wait too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> GetAsync(string key, Func<Task<T>> load, CancellationToken cancellationToken)
    {
        LinkedListNode<Entry>? node;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out node))
                _byUse.Remove(node);
            else
                _entries.Add(key, node = new LinkedListNode<Entry>(new Entry(key)));
            _byUse.AddFirst(node);
            node.Value.Loading ??= Task.Run(() => LoadAsync(node, load), CancellationToken.None);
        }

        return node.Value.Loading.WaitAsync(cancellationToken);
    }

    /// <summary>Drops the values that a condition holds for.</summary>
    public void Drop(Predicate<T> condition)
    {
        lock (_gate)
        {
            foreach (var node in _entries.Values.ToArray())
            {
                if (node.Value.Value is { } value && condition(value)) Remove(node);
            }
        }
    }

    private async Task<T> LoadAsync(LinkedListNode<Entry> node, Func<Task<T>> load)
    {
        try
        {
            var value = await load();
            lock (_gate) Keep(node, value);
            return value;
        }
        catch
        {
            lock (_gate) Remove(node);
            throw;
        }
    }

    private void Keep(LinkedListNode<Entry> node, T value)
    {
        (node.Value.Value, node.Value.Cost) = (value, cost(value));
        _used += node.Value.Cost;
        for (var last = _byUse.Last; last is not null && _used > limit;)
        {
            var before = last.Previous;
            if (last != node && last.Value.Value is not null) Remove(last);
            last = before;
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _byUse.Remove(node);
        _used -= node.Value.Cost;
        if (node.Value.Value is { } value) dropped?.Invoke(value);
    }

    private sealed class Entry(string key)
    {
        public string Key { get; } = key;

        public Task<T>? Loading { get; set; }

        public T? Value { get; set; }

        public long Cost { get; set; }
    }
}
