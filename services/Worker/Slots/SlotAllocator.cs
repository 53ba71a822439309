using Cluster.Contracts.Devices;

namespace Cluster.Worker.Slots;

/// <summary>
/// Owns which device slots are free. Waiters are served in order, each with the first free slot that its device spec
/// allows; one item a slot, none while its device is unhealthy. All state is under one lock, held only for a walk over a few slots.
/// </summary>
internal sealed class SlotAllocator
{
    private readonly Lock _lock = new();
    private readonly HashSet<DeviceSlot> _known = [];
    private readonly List<DeviceSlot> _free = [];
    private readonly HashSet<DeviceSlot> _unhealthy = [];
    private readonly Dictionary<DeviceSlot, TaskCompletionSource> _retired = [];
    private readonly LinkedList<Waiter> _waiters = new();

    /// <summary>Offers a task's idle slots to those who wait: new ones, and those whose task came under another name.</summary>
    public void Add(IReadOnlyList<DeviceSlot> slots)
    {
        List<DeviceSlot> fresh;
        lock (_lock) fresh = [.. slots.Where(slot => _known.Add(slot) || _free.Remove(slot) || _unhealthy.Remove(slot))];
        foreach (var slot in fresh) Return(slot);
    }

    /// <summary>Takes a task's slots away: the free ones at once, the others when their item ends. Returns when all are idle.</summary>
    public async Task RetireAsync(IReadOnlyList<DeviceSlot> slots, CancellationToken cancellationToken)
    {
        List<Task> idle = [];
        lock (_lock)
        {
            foreach (var slot in slots)
            {
                if (!_retired.TryGetValue(slot, out var ended))
                    _retired.Add(slot, ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                if (_free.Remove(slot) || _unhealthy.Remove(slot)) ended.SetResult();
                idle.Add(ended.Task);
            }
        }

        await Task.WhenAll(idle).WaitAsync(cancellationToken);
    }

    /// <summary>Waits for a free slot on a device that the spec matches.</summary>
    public async Task<SlotLease> AcquireAsync(DeviceSpec spec, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(spec);
        lock (_lock)
        {
            if (_free.Find(waiter.Accepts) is { } slot)
            {
                _free.Remove(slot);
                return new SlotLease(this, slot);
            }

            _waiters.AddLast(waiter);
        }

        await using var registration = cancellationToken.Register(() => GiveUp(waiter, cancellationToken));
        return new SlotLease(this, await waiter.Granted.Task);
    }

    /// <summary>Whether a device that the spec matches is healthy, busy or not.</summary>
    public bool CanServe(DeviceSpec spec)
    {
        lock (_lock) return _known.Any(slot => slot.Hardware.IsHealthy && slot.Task.HasLease && spec.Matches(slot.FullName));
    }

    /// <summary>The device of a slot works again: offers it to those who wait.</summary>
    public void Recovered(DeviceSlot slot)
    {
        bool isBack;
        lock (_lock) isBack = _unhealthy.Remove(slot);
        if (isBack) Return(slot);
    }

    internal void Return(DeviceSlot slot)
    {
        Waiter? next;
        lock (_lock)
        {
            if (_retired.TryGetValue(slot, out var ended))
            {
                ended.TrySetResult();
                return;
            }

            if (!slot.Hardware.IsHealthy)
            {
                _unhealthy.Add(slot);
                return;
            }

            next = _waiters.FirstOrDefault(w => w.Accepts(slot));
            if (next is null) _free.Add(slot);
            else _waiters.Remove(next);
        }

        next?.Granted.SetResult(slot);
    }

    // A waiter is either still in the list and gives up, or has left it with a slot that its owner will return.
    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        bool waiting;
        lock (_lock) waiting = _waiters.Remove(waiter);
        if (waiting) waiter.Granted.SetCanceled(cancellationToken);
    }

    private sealed class Waiter(DeviceSpec spec)
    {
        public TaskCompletionSource<DeviceSlot> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Accepts(DeviceSlot slot) => slot.Task.HasLease && spec.Matches(slot.FullName);
    }
}

/// <summary>A device slot held for one item; disposing gives it back.</summary>
internal sealed class SlotLease : IDisposable
{
    private readonly SlotAllocator _allocator;
    private int _returned;

    public SlotLease(SlotAllocator allocator, DeviceSlot slot)
    {
        (_allocator, Slot) = (allocator, slot);
        slot.Busy.Begin();
    }

    public DeviceSlot Slot { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _returned, 1) != 0) return;
        Slot.Doing = "";
        Slot.Busy.End();
        _allocator.Return(Slot);
    }
}
