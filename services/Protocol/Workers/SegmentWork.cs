using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Workers;

/// <summary>A worker's part in a segment, from the item's arrival to its acknowledgement; how lanes go on is the derived class's.</summary>
/// <remarks>
/// Not thread safe and without a clock of time. The exchange loop calls <see cref="Next"/> until it says Wait, and again when
/// something has arrived. No call allocates after construction.
/// </remarks>
public abstract class SegmentWork
{
    private readonly SegmentEnds _ends;
    private LaneSet _lanes;
    private bool _isSuperseded;

    private protected SegmentWork(SegmentItem item, int tasks)
    {
        (Item, _lanes) = (item, item.Lanes);
        _ends = new SegmentEnds(item.Segment, tasks);
    }

    public SegmentItem Item { get; }

    /// <summary>The lanes that it works for: the item's and adopted ones, without those that another worker has taken.</summary>
    public LaneSet Lanes => _lanes;

    /// <summary>The clock at which the item is done, as far as the ps tasks have said.</summary>
    public long End => _ends.End;

    /// <summary>The parameters to compute on, while a computation is under way.</summary>
    /// <exception cref="InvalidOperationException">No computation is under way.</exception>
    public abstract ReadOnlyMemory<float> Parameters { get; }

    /// <summary>The newest parameters that are here as a whole; empty for none.</summary>
    public abstract ReadOnlyMemory<float> Newest { get; }

    private protected bool IsComputing { get; private set; }

    /// <summary>What to do next.</summary>
    public WorkAction Next()
    {
        if (_isSuperseded)
            return new WorkAction(WorkActionKind.GiveUp);
        var action = Choose();
        IsComputing |= action.Kind == WorkActionKind.Compute;
        return action;
    }

    /// <summary>The gradient of the block is ready to be pushed to all ps tasks.</summary>
    public void Computed(LaneBlock block)
    {
        IsComputing = false;
        Push(block);
    }

    /// <summary>The clock of the slowest lane in a ps task's slice of the parameters that the last computation read;
    /// -1 where that is the clock itself.</summary>
    public abstract long Seen(int task);

    /// <summary>Whether a slice may be received, and where to; the slice that was there is void from now on.</summary>
    /// <remarks>The floats of the computation under way are never overwritten; a refused slice is asked for again.</remarks>
    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = default;
        return label.Generation == Item.Generation && TryBegin(task, label.Version, out target);
    }

    /// <summary>The slice is there as a whole.</summary>
    /// <param name="task">The ps task that sent it.</param>
    /// <param name="label">What it is.</param>
    /// <param name="clocks">The lanes' clocks in it; empty in synchronous mode.</param>
    /// <param name="end">Where the segment ends that is open at that task.</param>
    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end)
    {
        if (label.Generation != Item.Generation)
            return;
        _ends.Tell(task, end);
        Complete(task, label.Version, clocks);
    }

    /// <summary>A ps task's answer to a push; a slice that comes with it was received before.</summary>
    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer)
    {
        if (answer.Outcome == PushOutcome.Superseded)
            _isSuperseded = true;
        else if (answer.Outcome == PushOutcome.AtLimit)
            _ends.Tell(task, answer.Expected);
        else
            Take(task, block, clock, answer);
    }

    /// <summary>A ps task's answer to a request that brings no slice.</summary>
    public void Answered(int task, in ParametersAnswer answer)
    {
        if (answer.Outcome == PushOutcome.Superseded)
            _isSuperseded = true;
        else if (answer.Outcome != PushOutcome.Admitted)
            Forget(task);
    }

    /// <summary>A ps task asks for lanes that others wait for: they are adopted until the end of the segment.</summary>
    /// <returns>False where that is not wanted or not new.</returns>
    public bool Steal(in StealHint hint)
    {
        var before = _lanes;
        if (hint.Generation == Item.Generation && IsWanted(hint))
            _lanes.Add(hint.Block);
        return _lanes != before;
    }

    /// <summary>The stream to a ps task was opened anew, or it has been silent for long: what it has not answered is done again.</summary>
    public abstract void Resend(int task);

    /// <summary>The job's generation as Redis has it; asked for while waiting.</summary>
    public void CurrentGeneration(Generation generation) => _isSuperseded |= generation != Item.Generation;

    /// <summary>Another worker has taken these lanes.</summary>
    private protected void LetGo(LaneBlock lanes) => _lanes.Remove(lanes);

    /// <summary>What to do next for an item that is not over.</summary>
    private protected abstract WorkAction Choose();

    /// <summary>The gradient of the block goes to all ps tasks.</summary>
    private protected abstract void Push(LaneBlock block);

    private protected abstract bool TryBegin(int task, long version, out Memory<float> target);

    private protected abstract void Complete(int task, long version, ReadOnlySpan<long> clocks);

    private protected abstract void Take(int task, LaneBlock block, long clock, in PushAnswer answer);

    /// <summary>What was asked of this ps task is to be asked again.</summary>
    private protected abstract void Forget(int task);

    private protected abstract bool IsWanted(in StealHint hint);
}
