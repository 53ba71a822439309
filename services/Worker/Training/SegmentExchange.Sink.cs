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
        lock (_gate)
        {
            if (_work is null) return;
            _stores.Peer(task).Heard();
            if (outcome != PushOutcome.Admitted) Judge(task, outcome);
        }

        _arrived.Set(_isShort);
    }

    bool IExchangeSink.TryReceive(int task, SliceLabel label, out Memory<float> target)
    {
        target = default;
        lock (_gate)
        {
            if (_work is null) return false;
            _stores.Peer(task).Heard();
            return _work.TryReceive(task, label, out target);
        }
    }

    void IExchangeSink.Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end)
    {
        lock (_gate)
        {
            if (_work is null) return;
            _stores.Peer(task).Heard();
            _work.Received(task, label, clocks, end);
        }

        _arrived.Set(_isShort);
    }

    void IExchangeSink.Answered(int task, LaneBlock block, long clock, in PushAnswer answer, Generation current)
    {
        lock (_gate)
        {
            if (_work is null) return;
            _stores.Peer(task).Heard();
            if (answer.Outcome is PushOutcome.Admitted or PushOutcome.Duplicate or PushOutcome.Rewind or PushOutcome.Stale or PushOutcome.Superseded)
                _work.Answered(task, block, clock, answer);
            else if (answer.Outcome == PushOutcome.Malformed)
                _refused = new BatchFailedException(block.First, clock, new ArgumentException($"ps task {task} knows no {block} at clock {clock}"));
            else
                Judge(task, answer.Outcome);
            if (answer.Outcome == PushOutcome.AtLimit) _work.Answered(task, block, clock, answer);
        }

        _arrived.Set(_isShort);
    }

    void IExchangeSink.Answered(int task, in ParametersAnswer answer, Generation current)
    {
        lock (_gate)
        {
            if (_work is null) return;
            _stores.Peer(task).Heard();
            if (answer.Outcome == PushOutcome.Admitted) _work.Answered(task, answer);
            else Judge(task, answer.Outcome);
        }

        _arrived.Set(_isShort);
    }

    void IExchangeSink.Hinted(int task, in StealHint hint)
    {
        lock (_gate)
        {
            if (_work is null) return;
            _stores.Peer(task).Heard();
            if (_work.Steal(hint)) _context.Metrics.Adopted();
        }

        _arrived.Set(_isShort);
    }

    // What a ps task does not take: over, diverged, or to be asked again later.
    private void Judge(int task, PushOutcome outcome)
    {
        if (outcome == PushOutcome.Superseded) _work!.Answered(task, new ParametersAnswer(outcome, -1));
        else if (outcome == PushOutcome.Diverged) _hasDiverged = true;
        else _stores.Peer(task).Refuse(attach: outcome == PushOutcome.NotReady);
    }
}
