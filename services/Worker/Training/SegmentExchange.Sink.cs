using Cluster.DataPlane.Client;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Worker.Training;

/// <remarks>What the streams' receiving tasks call: each locks for a moment, tells the work and wakes the loop.</remarks>
internal sealed partial class SegmentExchange
{
    void IExchangeSink.Attached(int task, PushOutcome outcome, Generation current)
    {
        _stores.Link(task).Confirm();
        if (_item is not { } item) return;
        lock (_gate)
        {
            if (_item != item) return;
            _stores.Peer(task).Heard();
            if (outcome != PushOutcome.Admitted) Judge(item, task, outcome);
        }

        _arrived.Set(item.IsShort);
    }

    bool IExchangeSink.TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = default;
        lock (_gate)
        {
            if (_item is not { } item) return false;
            _stores.Peer(task).Heard();
            return item.Work.TryReceive(task, label, out target);
        }
    }

    void IExchangeSink.Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end)
    {
        if (_item is not { } item) return;
        lock (_gate)
        {
            if (_item != item) return;
            _stores.Peer(task).Heard();
            item.Work.Received(task, label, clocks, end);
        }

        _arrived.Set(item.IsShort);
    }

    void IExchangeSink.Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current)
    {
        if (_item is not { } item) return;
        lock (_gate)
        {
            if (_item != item) return;
            _stores.Peer(task).Heard();
            if (answer.Outcome is PushOutcome.Admitted or PushOutcome.Duplicate or PushOutcome.Rewind or PushOutcome.Stale or PushOutcome.Superseded)
                item.Work.Answered(task, block, clock, answer);
            else if (answer.Outcome == PushOutcome.Malformed)
                item.Refused = new BatchFailedException(block.First, clock, new ArgumentException($"ps task {task} knows no {block} at clock {clock}"));
            else
                Judge(item, task, answer.Outcome);
            if (answer.Outcome == PushOutcome.AtLimit) item.Work.Answered(task, block, clock, answer);
        }

        _arrived.Set(item.IsShort);
    }

    void IExchangeSink.Answered(int task, in ParametersAnswer answer, Generation current)
    {
        if (_item is not { } item) return;
        lock (_gate)
        {
            if (_item != item) return;
            _stores.Peer(task).Heard();
            if (answer.Outcome == PushOutcome.Admitted) item.Work.Answered(task, answer);
            else Judge(item, task, answer.Outcome);
        }

        _arrived.Set(item.IsShort);
    }

    void IExchangeSink.Hinted(int task, in StealHint hint)
    {
        if (_item is not { } item) return;
        lock (_gate)
        {
            if (_item != item) return;
            _stores.Peer(task).Heard();
            if (item.Work.Steal(hint)) _context.Metrics.Adopted();
        }

        _arrived.Set(item.IsShort);
    }

    // What a ps task does not take: over, diverged, or to be asked again later.
    private void Judge(AttachedItem item, int task, PushOutcome outcome)
    {
        if (outcome == PushOutcome.Superseded) item.Work.Answered(task, new ParametersAnswer(outcome, -1));
        else if (outcome == PushOutcome.Diverged) item.HasDiverged = true;
        else _stores.Peer(task).Refuse(attach: outcome == PushOutcome.NotReady);
    }
}
