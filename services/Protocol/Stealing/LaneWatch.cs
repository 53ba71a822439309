using Cluster.Protocol.Lanes;

namespace Cluster.Protocol.Stealing;

/// <summary>The coordinator's view of progress: which lanes have not advanced within their grace, whoever holds them.</summary>
/// <param name="lanes">Lanes of the job.</param>
/// <param name="grace">How long a lane may stand still; covers a stopped process whose connections live on. Doubles each time in vain,
/// up to <see cref="MaxGraces"/> times.</param>
public sealed class LaneWatch(int lanes, TimeSpan grace)
{
    /// <summary>The longest grace, in graces: what is published again and again without a worker must not fill the broker.</summary>
    public const int MaxGraces = 16;

    private readonly long[] _clocks = new long[lanes];
    private readonly int[] _graces = new int[lanes];
    private readonly TimeSpan[] _since = new TimeSpan[lanes];

    /// <summary>Gives all lanes a new grace.</summary>
    public void Restart(TimeSpan now)
    {
        _clocks.AsSpan().Fill(-1);
        _since.AsSpan().Fill(now);
        _graces.AsSpan().Fill(1);
    }

    /// <summary>Notes how far a lane is on the ps task where it is furthest behind.</summary>
    public void Observe(int lane, long clock, TimeSpan now)
    {
        if (clock == _clocks[lane])
            return;
        _clocks[lane] = clock;
        _since[lane] = now;
        _graces[lane] = 1;
    }

    /// <summary>Notes that a lane waits for another one: its grace begins when it no longer does.</summary>
    public void Excuse(int lane, TimeSpan now)
    {
        _since[lane] = now;
        _graces[lane] = 1;
    }

    /// <summary>Notes that whoever worked on a lane has given it up and said so: its grace is over.</summary>
    public void GiveUp(int lane) => _graces[lane] = 0;

    /// <summary>Lanes below <paramref name="end"/> whose grace is over, and which get a new one.</summary>
    public LaneSet TakeStalled(long end, TimeSpan now)
    {
        var stalled = default(LaneSet);
        for (var lane = 0; lane < lanes; lane++)
        {
            if (_clocks[lane] >= end || now - _since[lane] < grace * _graces[lane])
                continue;
            stalled.Add(lane);
            _since[lane] = now;
            _graces[lane] = Math.Clamp(_graces[lane] * 2, 1, MaxGraces);
        }

        return stalled;
    }
}
