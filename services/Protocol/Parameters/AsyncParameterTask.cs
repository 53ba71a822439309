using Cluster.Compute.Optimizers;

namespace Cluster.Protocol.Parameters;

/// <summary>Asynchronous mode: a lane's gradient is applied on arrival, each lane has a clock of its own.</summary>
public sealed class AsyncParameterTask : ParameterTask
{
    private readonly long[] _clocks;
    private readonly ulong[] _lastWorkers;
    // The sum of the clocks.
    private long _contributed;

    public AsyncParameterTask(TaskOptions options)
        : base(options)
    {
        _clocks = new long[Tree.Lanes];
        _lastWorkers = new ulong[Tree.Lanes];
    }

    public override long Clock
    {
        get
        {
            long slowest = long.MaxValue;
            foreach (long clock in _clocks)
                slowest = Math.Min(slowest, clock);
            return slowest;
        }
    }

    public override ReadOnlySpan<long> LaneClocks => _clocks;

    public override ReadOnlySpan<ulong> Released => [];

    /// <summary>A worker asks for the newest parameters and the lanes' clocks.</summary>
    public ParametersAnswer Request(Generation generation)
    {
        PushOutcome outcome = Admit(generation);
        return new ParametersAnswer(outcome, outcome == PushOutcome.Admitted ? Version : -1);
    }

    private protected override PushAnswer Take(in PushHeader header, StagedGradient gradient, TimeSpan now)
    {
        PushOutcome outcome = Admit(header.Generation);
        int lane = header.Block.First;
        long expected = _clocks[lane];
        if (outcome != PushOutcome.Admitted)
            return new PushAnswer(outcome, expected);
        if (header.Block.Count != 1)
            return new PushAnswer(PushOutcome.Malformed, expected);
        if (header.Clock < expected)
            return new PushAnswer(PushOutcome.Duplicate, expected, _lastWorkers[lane] != header.Worker) { Deliver = true };
        if (header.Clock > expected)
            return new PushAnswer(PushOutcome.Rewind, expected) { Deliver = true };
        if (header.Clock >= Segment.To)
            return new PushAnswer(PushOutcome.AtLimit, expected);
        return Apply(header, gradient);
    }

    private PushAnswer Apply(in PushHeader header, StagedGradient gradient)
    {
        int lane = header.Block.First;
        int offset = header.Examples == 0 ? -1 : VectorSum.FirstNonFinite(gradient.Values);
        if (offset >= 0)
            return Diverge(header.Block, header.Clock, offset, inGradient: true);
        if (header.Examples > 0 && !Range.Step(gradient, header.Examples, UpdateTime.OfLanes(_contributed, Tree.Lanes)))
            return DivergeInUpdate(header.Block, header.Clock);
        Staging.Return(gradient);
        _clocks[lane]++;
        _contributed++;
        _lastWorkers[lane] = header.Worker;
        CopyAtBoundary();
        return new PushAnswer(PushOutcome.Admitted, _clocks[lane]) { Deliver = true };
    }

    private protected override void Restart(long clock, long examples)
    {
        Range.Restart(0, examples);
        _clocks.AsSpan().Fill(clock);
        _contributed = clock * Tree.Lanes;
        _lastWorkers.AsSpan().Clear();
    }
}
