using System.Collections.Concurrent;

namespace Cluster.Storage.Tests.Durability;

/// <summary>A clock whose waits are over at once, and that notes how long they were to be.</summary>
internal sealed class TimerLog : TimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _waits = [];

    public IReadOnlyCollection<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
