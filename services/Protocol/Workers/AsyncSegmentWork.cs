using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Workers;

/// <summary>A worker's part in a segment of an asynchronous job: one lane after the other, on the parameters that are there.</summary>
/// <remarks>
/// With a bound of s clocks a lane waits at clock c until the parameters of every ps task have all contributions below
/// c - s. The worker takes its slowest lane first: so it never waits for a lane of its own, nor does anybody for the
/// slowest lane of all. While it waits, ps tasks ask it for lanes that nobody moves, and it adopts them.
/// <para>
/// A lane's clock may differ between ps tasks where a worker died between two pushes: the batch of the lower clock is
/// computed again, and those that have it answer Duplicate.
/// </para>
/// </remarks>
public sealed class AsyncSegmentWork : SegmentWork
{
    private const long Unknown = -1;

    private readonly Memory<float> _parameters;
    private readonly int[] _offsets;
    private readonly long[][] _clocks;
    private readonly long[] _seen;
    private readonly long[] _computedOn;
    private readonly int? _staleness;
    private readonly bool[] _requested;
    private readonly bool[] _awaited;
    private bool _isNewToFirst;
    private bool _hasReceived;

    /// <param name="item">The item.</param>
    /// <param name="lanes">Lanes of the job.</param>
    /// <param name="offsets">Where each ps task's range starts, and last the number of all parameters.</param>
    /// <param name="parameters">Room for all parameters.</param>
    /// <param name="staleness">Clocks that a lane may be ahead of the slowest one; null for any number.</param>
    public AsyncSegmentWork(SegmentItem item, int lanes, IReadOnlyList<int> offsets, Memory<float> parameters, int? staleness = null)
        : base(item, (offsets ?? throw new ArgumentNullException(nameof(offsets))).Count - 1)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, offsets[^1]);
        _offsets = [.. offsets];
        _parameters = parameters;
        var tasks = offsets.Count - 1;
        _clocks = new long[tasks][];
        for (var task = 0; task < tasks; task++)
        {
            _clocks[task] = new long[lanes];
            _clocks[task].AsSpan().Fill(Unknown);
        }

        _staleness = staleness;
        _seen = new long[tasks];
        _seen.AsSpan().Fill(Unknown);
        _computedOn = new long[tasks];
        _requested = new bool[tasks];
        _awaited = new bool[tasks];
    }

    public override ReadOnlyMemory<float> Parameters => _parameters;

    public override ReadOnlyMemory<float> Newest => _hasReceived ? _parameters : default;

    public override long Seen(int task) => _computedOn[task];

    public override void Resend(int task)
    {
        _requested[task] = false;
        _awaited[task] = false;
        _seen[task] = Unknown;
        _clocks[task].AsSpan().Fill(Unknown);
    }

    private protected override WorkAction Choose()
    {
        if (IsComputing)
            return new WorkAction(WorkActionKind.Wait);
        for (var task = 0; task < _clocks.Length; task++)
        {
            if (_seen[task] != Unknown || _requested[task])
                continue;
            _requested[task] = true;
            return new WorkAction(WorkActionKind.Request, task);
        }

        if (Slowest(out var lane) is var clock && clock == Unknown)
            return new WorkAction(WorkActionKind.Wait);
        if (clock >= End)
            return new WorkAction(WorkActionKind.Done);
        if (_awaited.AsSpan().Contains(true))
            return new WorkAction(WorkActionKind.Wait);
        return IsFresh(clock) ? Compute(clock, lane) : NextRequest(clock);
    }

    private protected override void Push(LaneBlock block) => _awaited.AsSpan().Fill(true);

    /// <remarks>There is one copy of the parameters: none is received while a computation reads them.</remarks>
    private protected override bool TryBegin(int task, long version, out Memory<float> target)
    {
        target = _parameters[_offsets[task].._offsets[task + 1]];
        if (IsComputing)
            return false;
        _seen[task] = Unknown;
        _requested[task] = true;
        return true;
    }

    private protected override void Complete(int task, long version, ReadOnlySpan<long> clocks)
    {
        _hasReceived = true;
        var slowest = long.MaxValue;
        for (var lane = 0; lane < clocks.Length; lane++)
        {
            Advance(task, lane, clocks[lane]);
            slowest = Math.Min(slowest, clocks[lane]);
        }

        (_seen[task], _requested[task]) = (slowest, false);
    }

    private protected override void Take(int task, LaneBlock block, long clock, in PushAnswer answer)
    {
        switch (answer.Outcome)
        {
            case PushOutcome.Rewind:
                _clocks[task][block.First] = answer.Expected;
                _awaited[task] = false;
                break;
            case PushOutcome.Stale:
                (_seen[task], _requested[task], _awaited[task]) = (Unknown, false, false);
                break;
            case PushOutcome.Admitted or PushOutcome.Duplicate:
                Advance(task, block.First, answer.Expected);
                _awaited[task] = false;
                // One task decides, so that of two workers which hold the same lane exactly one lets it go.
                if (task == 0 && answer.Displaced && _isNewToFirst)
                    LetGo(block);
                break;
        }
    }

    private protected override void Forget(int task) => _requested[task] = false;

    private protected override bool IsWanted(in StealHint hint) => hint.Block.End <= _clocks[0].Length;

    private WorkAction Compute(long clock, int lane)
    {
        // What is computed again for another ps task's sake is no news to the first one, whoever contributed it there.
        _isNewToFirst = _clocks[0][lane] <= clock;
        _seen.CopyTo(_computedOn, 0);
        return new WorkAction(WorkActionKind.Compute, Clock: clock, Block: new LaneBlock(lane, 1));
    }

    /// <summary>Asks those ps tasks whose slice is not new enough, and which have not been asked.</summary>
    private WorkAction NextRequest(long clock)
    {
        for (var task = 0; task < _seen.Length; task++)
        {
            if (_staleness is not { } staleness || IsFresh(task, clock) || _requested[task])
                continue;
            _requested[task] = true;
            return new WorkAction(WorkActionKind.Request, task, Clock: clock - staleness);
        }

        return new WorkAction(WorkActionKind.Wait);
    }

    private bool IsFresh(long clock)
    {
        var isFresh = true;
        for (var task = 0; task < _seen.Length; task++)
            isFresh &= IsFresh(task, clock);
        return isFresh;
    }

    private bool IsFresh(int task, long clock) => _seen[task] != Unknown && !(clock - _seen[task] > _staleness);

    private void Advance(int task, int lane, long clock) => _clocks[task][lane] = Math.Max(_clocks[task][lane], clock);

    /// <summary>The lane of the item that is furthest behind, and its clock on the ps task where it is lowest.</summary>
    private long Slowest(out int slowest)
    {
        var lowest = long.MaxValue;
        slowest = -1;
        for (var lane = 0; lane < _clocks[0].Length; lane++)
        {
            for (var task = 0; Lanes.Contains(lane) && task < _clocks.Length; task++)
            {
                if (_clocks[task][lane] < lowest)
                    (lowest, slowest) = (_clocks[task][lane], lane);
            }
        }

        return lowest;
    }
}
