namespace Cluster.Worker.Training;

/// <summary>Notices a lane that takes too long, by ticks and not by the clock: a process that was suspended did not compute meanwhile.
/// For one thread.</summary>
/// <param name="limit">Ticks that a lane may take.</param>
internal sealed class BatchWatch(long limit)
{
    private long _seen = -1;
    private long _ticks;

    /// <param name="lanes">Lanes begun so far; -1 while none is at work.</param>
    /// <returns>True once, when the limit is reached.</returns>
    public bool IsLate(long lanes)
    {
        if (lanes < 0 || lanes != _seen)
        {
            (_seen, _ticks) = (lanes, 0);
            return false;
        }

        return ++_ticks == limit;
    }
}
