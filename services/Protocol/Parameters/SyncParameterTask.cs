using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Parameters;

/// <summary>Synchronous mode: the step of clock c is applied once, when all lanes have contributed clock c.</summary>
public sealed class SyncParameterTask : ParameterTask
{
    private readonly BlockAccumulator _step;
    private readonly StealAdvisor _steal;
    private readonly ulong[] _lastWorkers;
    private readonly long[] _laneClocks;

    public SyncParameterTask(TaskOptions options)
        : base(options)
    {
        _step = new BlockAccumulator(Tree, Staging);
        _steal = new StealAdvisor(Tree, options.Steal, options.Streams);
        _lastWorkers = new ulong[Tree.Lanes];
        _laneClocks = new long[Tree.Lanes];
    }

    public override long Clock => Version;

    public override ReadOnlySpan<long> LaneClocks => _laneClocks;

    public override ReadOnlySpan<ulong> Released => _steal.Released;

    /// <summary>The lanes that the step under way has.</summary>
    public LaneSet Covered => _step.Covered;

    /// <summary>A worker asks for a version: one that is kept is sent now, the next one when its step completes; otherwise the newest is sent.</summary>
    /// <param name="generation">The generation that the worker works for.</param>
    /// <param name="version">The version; -1 for the newest.</param>
    /// <param name="worker">The exchange stream that asks.</param>
    /// <param name="now">The time.</param>
    public ParametersAnswer Request(Generation generation, long version, ulong worker, TimeSpan now)
    {
        PushOutcome outcome = Admit(generation);
        if (outcome != PushOutcome.Admitted)
            return new ParametersAnswer(outcome, -1);
        if (version == Version + 1)
        {
            _steal.Wait(worker, now);
            return new ParametersAnswer(outcome, -1);
        }

        return new ParametersAnswer(outcome, Range.TryGet(version, out _) ? version : Version);
    }

    /// <summary>Forgets a worker whose exchange stream has ended.</summary>
    public void Disconnect(ulong worker) => _steal.Forget(worker);

    /// <summary>Hands missing blocks to waiting workers, once their grace is over.</summary>
    /// <returns>The number of hints written.</returns>
    public int CollectHints(TimeSpan now, Span<StealHint> hints)
    {
        if (Phase != TaskPhase.Serving || Version >= Segment.To)
            return 0;
        return _steal.Collect(Generation, Version, LaneSet.Of(Tree.Root).Except(_step.Covered), now, hints);
    }

    private protected override PushAnswer Take(in PushHeader header, StagedGradient gradient, TimeSpan now)
    {
        PushOutcome outcome = Admit(header.Generation);
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

    private PushAnswer TakeCurrent(in PushHeader header, StagedGradient gradient, TimeSpan now)
    {
        if (_step.Holds(header.Block))
        {
            _steal.Wait(header.Worker, now);
            return new PushAnswer(PushOutcome.Duplicate, Version, !_step.HoldsFrom(header.Block, header.Worker));
        }

        int offset = header.Examples == 0 ? -1 : VectorSum.FirstNonFinite(gradient.Values);
        if (offset >= 0)
            return Diverge(header.Block, header.Clock, offset, inGradient: true);
        _steal.Wait(header.Worker, now);
        _step.Add(header.Block, gradient, header.Examples, header.Worker);
        bool completed = _step.TryGet(Tree.Root, out StagedGradient? sum, out long examples);
        if (completed && !Complete(sum, examples, now))
            DivergeInUpdate(Tree.Root, header.Clock);
        return new PushAnswer(PushOutcome.Admitted, Version, Completed: completed && Phase == TaskPhase.Serving);
    }

    private bool Complete(StagedGradient? sum, long examples, TimeSpan now)
    {
        bool finite = Range.Step(sum, examples, UpdateTime.AtStep(Version));
        _step.Workers.CopyTo(_lastWorkers);
        _step.Clear();
        _laneClocks.AsSpan().Fill(Version);
        _steal.Complete(now);
        if (finite)
            CopyAtBoundary();
        return finite;
    }

    private bool IsDisplaced(in PushHeader header)
    {
        Span<ulong> workers = _lastWorkers.AsSpan(header.Block.First, header.Block.Count);
        return header.Clock < Version - 1 || !workers.Contains(header.Worker);
    }

    private protected override void Restart(long clock, long examples)
    {
        Range.Restart(clock, examples);
        _step.Clear();
        _steal.Restart();
        _lastWorkers.AsSpan().Clear();
        _laneClocks.AsSpan().Fill(clock);
    }
}
