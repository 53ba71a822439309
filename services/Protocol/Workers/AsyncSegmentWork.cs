using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Parameters;

namespace Cluster.Protocol.Workers;

/// <summary>A worker's part in a segment of an asynchronous job: one lane after the other, on whatever parameters are there.</summary>
/// <remarks>
/// A lane's clock may differ between ps tasks where a worker died between two pushes: the batch of the lower clock is
/// computed again, and those that have it answer Duplicate. Not thread safe and without a clock of time.
/// </remarks>
public sealed class AsyncSegmentWork
{
    private const long Unknown = -1;

    private readonly SegmentItem _item;
    private readonly Memory<float> _parameters;
    private readonly int[] _offsets;
    private readonly long[][] _clocks;
    private readonly bool[] _requested;
    private readonly bool[] _awaited;
    private LaneSet _lanes;
    private bool _isComputing;
    private bool _isSuperseded;

    /// <param name="item">The item.</param>
    /// <param name="lanes">Lanes of the job.</param>
    /// <param name="offsets">Where each ps task's range starts, and last the number of all parameters.</param>
    /// <param name="parameters">Room for all parameters.</param>
    public AsyncSegmentWork(SegmentItem item, int lanes, IReadOnlyList<int> offsets, Memory<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentOutOfRangeException.ThrowIfNotEqual(parameters.Length, offsets[^1]);
        _item = item;
        _lanes = item.Lanes;
        _offsets = [.. offsets];
        _parameters = parameters;
        int tasks = offsets.Count - 1;
        _clocks = new long[tasks][];
        for (int task = 0; task < tasks; task++)
        {
            _clocks[task] = new long[lanes];
            _clocks[task].AsSpan().Fill(Unknown);
        }

        _requested = new bool[tasks];
        _awaited = new bool[tasks];
    }

    public SegmentItem Item => _item;

    /// <summary>The parameters to compute on.</summary>
    public ReadOnlyMemory<float> Parameters => _parameters;

    /// <summary>Whether a slice may be received, and where to; not while a computation reads the parameters.</summary>
    public bool TryReceive(int task, Generation generation, out Memory<float> target)
    {
        target = _parameters[_offsets[task].._offsets[task + 1]];
        return generation == _item.Generation && !_isComputing;
    }

    /// <summary>A slice was received whole, and with it the lanes' clocks: the answer to a request.</summary>
    public void Received(int task, Generation generation, ReadOnlySpan<long> clocks)
    {
        if (generation != _item.Generation)
            return;
        for (int lane = 0; lane < clocks.Length; lane++)
            Advance(task, lane, clocks[lane]);
    }

    /// <summary>A ps task's answer to a push; the slice that comes with it was received before.</summary>
    public void Answered(int task, LaneBlock lane, in PushAnswer answer)
    {
        switch (answer.Outcome)
        {
            case PushOutcome.Superseded:
                _isSuperseded = true;
                break;
            case PushOutcome.Rewind:
                _clocks[task][lane.First] = answer.Expected;
                _awaited[task] = false;
                break;
            case PushOutcome.Admitted or PushOutcome.Duplicate:
                Advance(task, lane.First, answer.Expected);
                _awaited[task] = false;
                // One task decides, so that of two workers which hold the same lane exactly one lets it go.
                if (task == 0 && answer.Displaced)
                    _lanes.Remove(lane);
                break;
        }
    }

    /// <summary>A ps task's answer to a request that brings no slice.</summary>
    public void Answered(int task, in ParametersAnswer answer)
    {
        _isSuperseded |= answer.Outcome == PushOutcome.Superseded;
        _requested[task] &= answer.Outcome == PushOutcome.Admitted;
    }

    /// <summary>What to do next.</summary>
    public WorkAction Next()
    {
        if (_isSuperseded)
            return new WorkAction(WorkActionKind.GiveUp);
        if (_isComputing)
            return new WorkAction(WorkActionKind.Wait);
        for (int task = 0; task < _clocks.Length; task++)
        {
            if (_clocks[task][0] != Unknown || _requested[task])
                continue;
            _requested[task] = true;
            return new WorkAction(WorkActionKind.Request, task);
        }

        if (Slowest(out int lane) is var clock && clock == Unknown)
            return new WorkAction(WorkActionKind.Wait);
        if (clock >= _item.Segment.To)
            return new WorkAction(WorkActionKind.Done);
        if (_awaited.AsSpan().Contains(true))
            return new WorkAction(WorkActionKind.Wait);
        _isComputing = true;
        return new WorkAction(WorkActionKind.Compute, Clock: clock, Block: new LaneBlock(lane, 1));
    }

    /// <summary>The gradient is ready to be pushed to all ps tasks.</summary>
    public void Computed()
    {
        _isComputing = false;
        _awaited.AsSpan().Fill(true);
    }

    /// <summary>The stream to a ps task was opened anew, or it has been silent for long: its clocks are asked for again.</summary>
    public void Resend(int task)
    {
        _requested[task] = false;
        _awaited[task] = false;
        _clocks[task].AsSpan().Fill(Unknown);
    }

    /// <summary>The job's generation as the store says it is; asked for while waiting.</summary>
    public void CurrentGeneration(Generation generation) => _isSuperseded |= generation != _item.Generation;

    private void Advance(int task, int lane, long clock) => _clocks[task][lane] = Math.Max(_clocks[task][lane], clock);

    /// <summary>The lane of the item that is furthest behind, and its clock on the ps task where it is lowest.</summary>
    private long Slowest(out int slowest)
    {
        long lowest = long.MaxValue;
        slowest = -1;
        for (int lane = 0; lane < _clocks[0].Length; lane++)
        {
            for (int task = 0; _lanes.Contains(lane) && task < _clocks.Length; task++)
            {
                if (_clocks[task][lane] < lowest)
                    (lowest, slowest) = (_clocks[task][lane], lane);
            }
        }

        return lowest;
    }
}
