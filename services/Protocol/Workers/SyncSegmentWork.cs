using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Workers;

/// <summary>A worker's part in a segment of a synchronous job: all lanes together, on parameters of one version.</summary>
public sealed class SyncSegmentWork : SegmentWork
{
    private const long NotRequested = -2;

    private readonly BlockTree _tree;
    private readonly LabelledBuffers _buffers;
    private readonly long[] _requested;
    // Of which ps tasks the newest version is to be asked for, whatever was received from them.
    private readonly bool[] _isBehind;
    private LaneSet _pushed;
    private long _clock = -1;

    /// <param name="tree">The tree of the job's lanes.</param>
    /// <param name="item">The item.</param>
    /// <param name="buffers">Room for two versions of all parameters; used by this item alone.</param>
    public SyncSegmentWork(BlockTree tree, SegmentItem item, LabelledBuffers buffers)
        : base(item, (buffers ?? throw new ArgumentNullException(nameof(buffers))).Tasks)
    {
        (_tree, _buffers) = (tree, buffers);
        _buffers.Clear();
        _isBehind = new bool[buffers.Tasks];
        _requested = new long[buffers.Tasks];
        _requested.AsSpan().Fill(NotRequested);
    }

    public override ReadOnlyMemory<float> Parameters =>
        IsComputing ? _buffers.Version(_clock) : throw new InvalidOperationException("No computation is under way.");

    public override ReadOnlyMemory<float> Newest => _buffers.FullVersion is >= 0 and var version ? _buffers.Version(version) : default;

    public override long Seen(int task) => -1;

    public override void Resend(int task)
    {
        _requested[task] = NotRequested;
        _isBehind[task] |= _buffers.FullVersion <= _clock;
        if (_buffers.Latest(task) <= _clock)
            _pushed = default;
    }

    private protected override WorkAction Choose()
    {
        if (_buffers.Reached >= End)
            return new WorkAction(WorkActionKind.Done);
        if (IsComputing)
            return new WorkAction(WorkActionKind.Wait);
        if (_buffers.FullVersion is var full && full > _clock)
        {
            _clock = full;
            _pushed = default;
        }

        var todo = Lanes.Except(_pushed).Run(0);
        if (full != _clock || full < 0 || todo.Count == 0)
            return NextRequest();
        return new WorkAction(WorkActionKind.Compute, Clock: _clock, Block: _tree.Largest(todo.First, todo.End));
    }

    private protected override void Push(LaneBlock block) => _pushed.Add(block);

    private protected override bool TryBegin(int task, long version, out Memory<float> target)
    {
        if (_requested[task] >= 0 && version > _requested[task])
            LookBehind(version);
        if (!IsComputing || (version & 1) != (_clock & 1))
            return _buffers.TryBegin(task, version, out target);
        target = default;
        _buffers.Heard(task, version);
        _requested[task] = NotRequested;
        return false;
    }

    private protected override void Complete(int task, long version, ReadOnlySpan<long> clocks) => _buffers.Complete(task, version);

    private protected override void Take(int task, LaneBlock block, long clock, in PushAnswer answer)
    {
        // One task decides, so that of two workers which hold the same lanes exactly one lets them go.
        if (task == 0 && answer.Outcome == PushOutcome.Duplicate && answer.Displaced && clock <= _clock)
            LetGo(block);
    }

    private protected override void Forget(int task) => _requested[task] = NotRequested;

    private protected override bool IsWanted(in StealHint hint)
    {
        if (hint.Clock < _clock || !_tree.IsBlock(hint.Block))
            return false;
        // It may have been pushed to this ps task and lost on the way.
        _pushed.Remove(hint.Block);
        return true;
    }

    /// <summary>Asks those ps tasks for parameters whose slice is missing for the newest version that all have reached.</summary>
    private WorkAction NextRequest()
    {
        var reached = _buffers.Reached;
        for (var task = 0; task < _buffers.Tasks; task++)
        {
            var wanted = Wanted(task, reached);
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
        for (var task = 0; task < _buffers.Tasks; task++)
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
        var isHelper = Lanes.IsEmpty && reached == _clock && _buffers.Latest(task) == _clock;
        return isHelper ? _clock + 1 : NotRequested;
    }
}
