using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Workers;

/// <summary>A worker's part in a segment of a synchronous job, from the item's arrival to its acknowledgement.</summary>
/// <remarks>
/// Not thread safe and without a clock. The exchange loop calls <see cref="Next"/> until it says Wait, and again when
/// something has arrived. No call allocates after construction.
/// </remarks>
public sealed class SegmentWork
{
    private readonly BlockTree _tree;
    private readonly SegmentItem _item;
    private readonly LabelledBuffers _buffers;
    private readonly SegmentEnds _ends;
    private readonly long[] _requested;
    // Of which ps tasks the newest version is to be asked for, whatever was received from them.
    private readonly bool[] _isBehind;
    private LaneSet _lanes;
    private LaneSet _pushed;
    private long _clock = -1;
    private bool _isComputing;
    private bool _isSuperseded;

    /// <param name="tree">The tree of the job's lanes.</param>
    /// <param name="item">The item.</param>
    /// <param name="buffers">Room for two versions of all parameters; used by this item alone.</param>
    public SegmentWork(BlockTree tree, SegmentItem item, LabelledBuffers buffers)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(buffers);
        _tree = tree;
        _item = item;
        _buffers = buffers;
        _buffers.Clear();
        _lanes = item.Lanes;
        _ends = new SegmentEnds(item.Segment, buffers.Tasks);
        _isBehind = new bool[buffers.Tasks];
        _requested = new long[buffers.Tasks];
        _requested.AsSpan().Fill(NotRequested);
    }

    private const long NotRequested = -2;

    /// <summary>The lanes that it works for: the item's and adopted ones, without those that another worker has taken.</summary>
    public LaneSet Lanes => _lanes;

    public SegmentItem Item => _item;

    /// <summary>The clock at which the item is done, as far as the ps tasks have said.</summary>
    public long End => _ends.End;

    /// <summary>Whether a slice may be received, and where to; the slice that was there is void from now on.</summary>
    /// <remarks>The floats of the computation under way are never overwritten; a refused slice is asked for again.</remarks>
    public bool TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = default;
        if (label.Generation != _item.Generation)
            return false;
        if (_requested[task] >= 0 && label.Version > _requested[task])
            LookBehind(label.Version);
        if (!_isComputing || (label.Version & 1) != (_clock & 1))
            return _buffers.TryBegin(task, label.Version, out target);
        _buffers.Heard(task, label.Version);
        _requested[task] = NotRequested;
        return false;
    }

    /// <summary>The slice is there as a whole.</summary>
    /// <param name="task">The ps task that sent it.</param>
    /// <param name="label">What it is.</param>
    /// <param name="end">Where the segment that is open at that task ends.</param>
    public void Received(int task, SliceLabel label, long end)
    {
        if (label.Generation != _item.Generation)
            return;
        _buffers.Complete(task, label.Version);
        _ends.Tell(task, end);
    }

    /// <summary>What to do next.</summary>
    public WorkAction Next()
    {
        if (_isSuperseded)
            return new WorkAction(WorkActionKind.GiveUp);
        if (_buffers.Reached >= End)
            return new WorkAction(WorkActionKind.Done);
        if (_isComputing)
            return new WorkAction(WorkActionKind.Wait);
        if (_buffers.FullVersion is var full && full > _clock)
        {
            _clock = full;
            _pushed = default;
        }

        LaneBlock todo = _lanes.Except(_pushed).Run(0);
        if (full != _clock || full < 0 || todo.Count == 0)
            return NextRequest();
        _isComputing = true;
        return new WorkAction(WorkActionKind.Compute, Clock: _clock, Block: _tree.Largest(todo.First, todo.End));
    }

    /// <summary>The parameters to compute on: all slices of the clock's version.</summary>
    /// <exception cref="InvalidOperationException">No computation is under way.</exception>
    public ReadOnlyMemory<float> Parameters =>
        _isComputing ? _buffers.Version(_clock) : throw new InvalidOperationException("No computation is under way.");

    /// <summary>The gradient of the block is ready to be pushed.</summary>
    public void Computed(LaneBlock block)
    {
        _isComputing = false;
        _pushed.Add(block);
    }

    /// <summary>A ps task's answer to a push.</summary>
    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer)
    {
        if (answer.Outcome == PushOutcome.Superseded)
            _isSuperseded = true;
        if (answer.Outcome == PushOutcome.AtLimit)
            _ends.Tell(task, answer.Expected);
        // One task decides, so that of two workers which hold the same lanes exactly one lets them go.
        if (task == 0 && answer.Outcome == PushOutcome.Duplicate && answer.Displaced && clock <= _clock)
            _lanes.Remove(block);
    }

    /// <summary>A ps task's answer to a request.</summary>
    public void Answered(int task, in ParametersAnswer answer)
    {
        if (answer.Outcome == PushOutcome.Superseded)
            _isSuperseded = true;
        else if (answer.Outcome != PushOutcome.Admitted)
            _requested[task] = NotRequested;
    }

    /// <summary>The stream to a ps task was opened anew, or it has been silent for long: what it has not answered is done again.</summary>
    public void Resend(int task)
    {
        _requested[task] = NotRequested;
        _isBehind[task] |= _buffers.FullVersion <= _clock;
        if (_buffers.Latest(task) <= _clock)
            _pushed = default;
    }

    /// <summary>A ps task asks for a block: it is adopted until the end of the segment.</summary>
    public void Steal(in StealHint hint)
    {
        if (hint.Generation != _item.Generation || hint.Clock < _clock || !_tree.IsBlock(hint.Block))
            return;
        _lanes.Add(hint.Block);
        // It may have been pushed to this ps task and lost on the way.
        _pushed.Remove(hint.Block);
    }

    /// <summary>The job's generation as the store says it is; asked for while waiting.</summary>
    public void CurrentGeneration(Generation generation) => _isSuperseded |= generation != _item.Generation;

    /// <summary>Asks those ps tasks for parameters whose slice is missing for the newest version that all have reached.</summary>
    private WorkAction NextRequest()
    {
        long reached = _buffers.Reached;
        for (int task = 0; task < _buffers.Tasks; task++)
        {
            long wanted = Wanted(task, reached);
            if (wanted == NotRequested || _requested[task] == wanted)
                continue;
            _requested[task] = wanted;
            _isBehind[task] &= wanted >= 0;
            return new WorkAction(WorkActionKind.Request, task, wanted);
        }

        return new WorkAction(WorkActionKind.Wait);
    }

    /// <summary>The version that was asked for is gone: then the others have a newer one too, of which nothing may have been sent here.</summary>
    private void LookBehind(long version)
    {
        for (int task = 0; task < _buffers.Tasks; task++)
        {
            if (_buffers.Latest(task) >= version)
                continue;
            _isBehind[task] = true;
            _requested[task] = NotRequested;
        }
    }

    private long Wanted(int task, long reached)
    {
        if (_isBehind[task] || _buffers.Latest(task) < 0)
            return -1;
        if (reached >= 0 && !_buffers.Holds(task, reached))
            return reached;
        // A helper has pushed nothing that would bring the next parameters: it asks for them, and so waits for hints.
        bool isHelper = _lanes.IsEmpty && reached == _clock && _buffers.Latest(task) == _clock;
        return isHelper ? _clock + 1 : NotRequested;
    }
}
