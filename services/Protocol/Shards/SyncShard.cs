using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;

namespace Cluster.Protocol.Shards;

/// <summary>Synchronous mode: the step of clock c is applied once, when all lanes have contributed clock c.</summary>
public sealed class SyncShard : Shard
{
    private readonly BlockAccumulator _step;
    private readonly ulong[] _lastWorkers;
    private readonly long[] _laneClocks;

    public SyncShard(ShardOptions options)
        : base(options)
    {
        _step = new BlockAccumulator(Tree);
        _lastWorkers = new ulong[Tree.Lanes];
        _laneClocks = new long[Tree.Lanes];
    }

    public override long Clock => Version;

    public override ReadOnlySpan<long> LaneClocks => _laneClocks;

    /// <summary>The lanes that the step under way has.</summary>
    public LaneSet Covered => _step.Covered;

    /// <inheritdoc/>
    /// <remarks>A version that is kept is sent now, the next one when its step completes; otherwise the newest is sent.</remarks>
    public override ParametersAnswer Request(Generation generation, long wanted, ulong worker, TimeSpan now)
    {
        var outcome = Admit(generation);
        if (outcome != PushOutcome.Admitted)
            return new ParametersAnswer(outcome, -1);
        if (wanted == Version + 1)
        {
            Steal.Wait(worker, now);
            return new ParametersAnswer(outcome, -1);
        }

        return new ParametersAnswer(outcome, Range.TryGet(wanted, out _) ? wanted : Version);
    }

    private protected override LaneSet Missing => LaneSet.Of(Tree.Root).Except(_step.Covered);

    private protected override ReadOnlySpan<ulong> Holders => _step.Workers;

    private protected override long LeastEnd => _step.Covered.IsEmpty ? Version : Version + 1;

    /// <remarks>
    /// Who pushes this clock has its parameters of every ps task: all have completed the clock before, and nobody can
    /// contribute to that any more.
    /// </remarks>
    private protected override void Foresee(Generation generation, long clock)
    {
        if (generation == Generation && clock == Version)
            Range.DropPrevious();
    }

    private protected override PushAnswer Take(in PushHeader header, PooledVector? gradient, TimeSpan now)
    {
        var outcome = Admit(header.Generation);
        if (outcome != PushOutcome.Admitted)
            return new PushAnswer(outcome, Version);
        if (header.Clock < Version)
            return new PushAnswer(PushOutcome.Duplicate, Version, IsDisplaced(header)) { Deliver = true };
        if (header.Clock > Version)
            return new PushAnswer(PushOutcome.Rewind, Version) { Deliver = true };
        if (header.Clock >= Segment.To)
            return new PushAnswer(PushOutcome.AtLimit, Version);
        return TakeCurrent(header, gradient, now);
    }

    private PushAnswer TakeCurrent(in PushHeader header, PooledVector? gradient, TimeSpan now)
    {
        if (_step.Holds(header.Block))
        {
            Steal.Wait(header.Worker, now);
            return new PushAnswer(PushOutcome.Duplicate, Version, !_step.HoldsFrom(header.Block, header.Worker));
        }

        var offset = header.Examples == 0 ? -1 : VectorSum.FirstNonFinite(gradient!.Values);
        if (offset >= 0)
            return Diverge(header.Block, header.Clock, offset, inGradient: true);
        Steal.Wait(header.Worker, now);
        _step.Add(header.Block, gradient, header.Examples, header.Worker);
        var completed = _step.TryGet(Tree.Root, out var sum, out var examples);
        if (completed && !Complete(sum, examples, now))
            DivergeInUpdate(Tree.Root, header.Clock);
        return new PushAnswer(PushOutcome.Admitted, Version, Completed: completed && Phase == ShardPhase.Serving);
    }

    private bool Complete(PooledVector? sum, long examples, TimeSpan now)
    {
        var finite = Range.Step(sum, examples, UpdateTime.AtStep(Version));
        _step.Workers.CopyTo(_lastWorkers);
        _step.Clear();
        _laneClocks.AsSpan().Fill(Version);
        Moved(now);
        if (finite)
            CopyAtBoundary(now);
        return finite;
    }

    private bool IsDisplaced(in PushHeader header)
    {
        var workers = _lastWorkers.AsSpan(header.Block.First, header.Block.Count);
        return header.Clock < Version - 1 || !workers.Contains(header.Worker);
    }

    private protected override void Restart(long clock, long examples)
    {
        Range.Restart(clock, examples);
        _step.Clear();
        _lastWorkers.AsSpan().Clear();
        _laneClocks.AsSpan().Fill(clock);
    }
}
