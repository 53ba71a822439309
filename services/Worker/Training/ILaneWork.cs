using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

namespace Cluster.Worker.Training;

/// <summary>What the exchange loop needs of a worker's part in a segment, in either mode. Not thread safe; no call allocates.</summary>
internal interface ILaneWork
{
    /// <summary>The parameters to compute on, while a computation is under way.</summary>
    ReadOnlyMemory<float> Parameters { get; }

    /// <summary>The newest parameters that are here as a whole; empty for none.</summary>
    ReadOnlyMemory<float> Newest { get; }

    /// <summary>The clock at which the item is done, as far as the ps tasks have said.</summary>
    long End { get; }

    WorkAction Next();

    void Computed(LaneBlock block);

    /// <summary>In asynchronous modes the clock of the slowest lane in a ps task's part of the parameters that were computed on; else -1.</summary>
    long Seen(int task);

    bool TryReceive(int task, SliceLabel label, out Memory<float> target);

    void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end);

    void Answered(int task, LaneBlock block, long clock, in PushAnswer answer);

    void Answered(int task, in ParametersAnswer answer);

    /// <summary>Adopts a block; false where it is not wanted or not new.</summary>
    bool Steal(in StealHint hint);

    void Resend(int task);

    void CurrentGeneration(Generation generation);
}

internal sealed class SyncLaneWork(SegmentWork work, LabelledBuffers buffers) : ILaneWork
{
    public ReadOnlyMemory<float> Parameters => work.Parameters;

    public ReadOnlyMemory<float> Newest => buffers.FullVersion is >= 0 and var version ? buffers.Version(version) : default;

    public long End => work.End;

    public WorkAction Next() => work.Next();

    public void Computed(LaneBlock block) => work.Computed(block);

    public long Seen(int task) => -1;

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target) => work.TryReceive(task, label, out target);

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end) => work.Received(task, label, end);

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer) => work.Answered(task, block, clock, answer);

    public void Answered(int task, in ParametersAnswer answer) => work.Answered(task, answer);

    public bool Steal(in StealHint hint)
    {
        LaneSet before = work.Lanes;
        work.Steal(hint);
        return work.Lanes != before;
    }

    public void Resend(int task) => work.Resend(task);

    public void CurrentGeneration(Generation generation) => work.CurrentGeneration(generation);
}

internal sealed class AsyncLaneWork(AsyncSegmentWork work) : ILaneWork
{
    private bool _hasReceived;

    public ReadOnlyMemory<float> Parameters => work.Parameters;

    public ReadOnlyMemory<float> Newest => _hasReceived ? work.Parameters : default;

    public long End => work.End;

    public WorkAction Next() => work.Next();

    public void Computed(LaneBlock block) => work.Computed();

    public long Seen(int task) => work.Seen(task);

    public bool TryReceive(int task, SliceLabel label, out Memory<float> target) => work.TryReceive(task, label.Generation, out target);

    public void Received(int task, SliceLabel label, ReadOnlySpan<long> clocks, long end)
    {
        _hasReceived = true;
        work.Received(task, label.Generation, clocks, end);
    }

    public void Answered(int task, LaneBlock block, long clock, in PushAnswer answer) => work.Answered(task, block, answer);

    public void Answered(int task, in ParametersAnswer answer) => work.Answered(task, answer);

    /// <remarks>Without a bound nobody waits, and no ps task sends hints.</remarks>
    public bool Steal(in StealHint hint)
    {
        LaneSet before = work.Lanes;
        work.Steal(hint);
        return work.Lanes != before;
    }

    public void Resend(int task) => work.Resend(task);

    public void CurrentGeneration(Generation generation) => work.CurrentGeneration(generation);
}
