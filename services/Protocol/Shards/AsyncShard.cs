using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Shards;

/// <summary>Asynchronous modes: a lane's gradient is applied on arrival, each lane has a clock of its own;
/// how far apart these may be is bounded or not.</summary>
/// <remarks>
/// With a bound of s clocks (stale synchronous parallel, Ho et al. 2013) a gradient of clock c is taken only if it was
/// computed on parameters that have every contribution below c - s. So no lane is ever more than s clocks ahead of the
/// slowest one, whatever a worker believes.
/// </remarks>
public sealed class AsyncShard : Shard
{
    private readonly int? _staleness;
    private readonly long[] _clocks;
    private readonly ulong[] _lastWorkers;
    // The sum of the clocks.
    private long _contributed;

    public AsyncShard(ShardOptions options)
        : base(options)
    {
        _staleness = options.Staleness;
        _clocks = new long[Tree.Lanes];
        _lastWorkers = new ulong[Tree.Lanes];
    }

    public override long Clock
    {
        get
        {
            var slowest = long.MaxValue;
            foreach (var clock in _clocks)
                slowest = Math.Min(slowest, clock);
            return slowest;
        }
    }

    public override ReadOnlySpan<long> LaneClocks => _clocks;

    private protected override LaneSet Missing
    {
        get
        {
            var slowest = Clock;
            var lanes = default(LaneSet);
            for (var lane = 0; lane < _clocks.Length; lane++)
            {
                if (_clocks[lane] == slowest)
                    lanes.Add(lane);
            }

            return lanes;
        }
    }

    private protected override ReadOnlySpan<ulong> Holders => _lastWorkers;

    private protected override long LeastEnd
    {
        get
        {
            long fastest = 0;
            foreach (var clock in _clocks)
                fastest = Math.Max(fastest, clock);
            return fastest;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The newest parameters are sent, where all lanes have reached the wanted clock; otherwise when the slowest lane moves on.</remarks>
    public override ParametersAnswer Request(Generation generation, long wanted, ulong worker, TimeSpan now)
    {
        var outcome = Admit(generation);
        if (outcome != PushOutcome.Admitted || wanted <= Clock)
            return new ParametersAnswer(outcome, outcome == PushOutcome.Admitted ? Version : -1);
        Steal.Wait(worker, now);
        return new ParametersAnswer(outcome, -1);
    }

    private protected override void Foresee(Generation generation, long clock) => Range.DropPrevious();

    private protected override PushAnswer Take(in PushHeader header, PooledVector? gradient, TimeSpan now)
    {
        var outcome = Admit(header.Generation);
        var lane = header.Block.First;
        var expected = _clocks[lane];
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
        // What has been contributed stays so within a generation: nobody can have seen more than there is.
        if (header.Seen < 0 || header.Seen > Clock)
            return new PushAnswer(PushOutcome.Malformed, expected);
        if (header.Clock - header.Seen > _staleness)
            return new PushAnswer(PushOutcome.Stale, expected) { Deliver = true };
        return Apply(header, gradient, now);
    }

    private PushAnswer Apply(in PushHeader header, PooledVector? gradient, TimeSpan now)
    {
        var lane = header.Block.First;
        var offset = header.Examples == 0 ? -1 : VectorSum.FirstNonFinite(gradient!.Values);
        if (offset >= 0)
            return Diverge(header.Block, header.Clock, offset, inGradient: true);
        if (header.Examples > 0 && !Range.Step(gradient, header.Examples, UpdateTime.OfLanes(_contributed, Tree.Lanes)))
            return DivergeInUpdate(header.Block, header.Clock);
        if (header.Examples > 0)
            Staleness.Add(header.Clock - header.Seen);
        gradient?.Release();
        var slowest = Clock;
        _clocks[lane]++;
        _contributed++;
        _lastWorkers[lane] = header.Worker;
        var movesOn = Clock > slowest;
        if (movesOn)
            Moved(now);
        CopyAtBoundary(now);
        return new PushAnswer(PushOutcome.Admitted, _clocks[lane], Completed: movesOn) { Deliver = true };
    }

    private protected override void Restart(long clock, long examples)
    {
        Range.Restart(0, examples);
        _clocks.AsSpan().Fill(clock);
        _contributed = clock * Tree.Lanes;
        _lastWorkers.AsSpan().Clear();
    }
}
