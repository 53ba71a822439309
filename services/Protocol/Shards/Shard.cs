using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Shards;

/// <summary>One job's range of parameters on one ps task: generations, segments and snapshots; how gradients are taken is the derived class's.</summary>
/// <remarks>
/// Not thread safe and without a clock: the service calls it from one loop and hands the time in. Spans it gives out
/// are valid until the next call. No call allocates once the memory of <see cref="Vectors"/> is made, but <see cref="Report"/> and a divergence.
/// </remarks>
public abstract class Shard
{
    private readonly long[] _outcomes = new long[Enum.GetValues<PushOutcome>().Length];
    private readonly PaceMeter _pace = new();
    private long _committed;

    private protected Shard(ShardOptions options)
    {
        Tree = options.Validate();
        Vectors = new VectorPool(options.Length, VectorPool.Capacity(options.Lanes, options.Streams));
        Range = new ParameterRange(options.Length, options.Optimizer, Vectors);
        Snapshot = new Snapshot(options.Length, options.Optimizer.Slots);
        Steal = new StealAdvisor(Tree, options.Steal, options.Streams);
    }

    /// <summary>The newest generation that was ever opened here; a task serves each generation once, and none before it.</summary>
    public Generation Generation { get; private set; }

    public ShardPhase Phase { get; private set; }

    /// <summary>The clocks that may be worked on; pushes at or beyond its end wait.</summary>
    public Segment Segment { get; private set; }

    public Snapshot Snapshot { get; }

    /// <summary>The memory of gradients and versions.</summary>
    public VectorPool Vectors { get; }

    /// <summary>Of the gradients that were applied here, whatever became of them later; empty in synchronous mode.</summary>
    public StalenessHistogram Staleness { get; } = new();

    public Divergence? Divergence { get; private set; }

    /// <summary>Examples contributed to the parameters so far.</summary>
    public long Examples => Range.Examples;

    /// <summary>Updates applied to the parameters; in synchronous mode the clock of all lanes.</summary>
    public long Version => Range.Version;

    /// <summary>The clock of the slowest lane.</summary>
    public abstract long Clock { get; }

    /// <summary>The next clock of each lane.</summary>
    public abstract ReadOnlySpan<long> LaneClocks { get; }

    /// <summary>Workers to which the push that completed a step released its parameters.</summary>
    public ReadOnlySpan<ulong> Released => Steal.Released;

    /// <summary>While loading: where the parameters go.</summary>
    public Span<float> LoadingParameters => Loading(Range.Current.Values);

    /// <summary>While loading: where the slots go, one after the other; empty where the optimizer has none.</summary>
    public Span<float> LoadingSlots => Loading(Range.Slots);

    private protected BlockTree Tree { get; }

    private protected StealAdvisor Steal { get; }

    private protected ParameterRange Range { get; }

    /// <summary>How many pushes had this outcome.</summary>
    public long Count(PushOutcome outcome) => _outcomes[(int)outcome];

    /// <summary>Starts to serve a generation, which ends the one before.</summary>
    /// <returns>True when its state is now to be loaded; false for the one that is open and for all that are over.</returns>
    public bool BeginLoad(Generation generation)
    {
        if (generation.Counter <= Generation.Counter)
            return false;
        Enter(generation, ShardPhase.Loading);
        return true;
    }

    /// <summary>Serves from the loaded state on.</summary>
    /// <param name="generation">The generation that the load was begun for.</param>
    /// <param name="clock">Clock of all lanes in the loaded state, which counts as committed.</param>
    /// <param name="examples">Examples that the loaded state contains.</param>
    /// <returns>False when another generation was begun in the meantime.</returns>
    public bool CompleteLoad(Generation generation, long clock, long examples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clock);
        ArgumentOutOfRangeException.ThrowIfNegative(examples);
        if (generation != Generation || Phase != ShardPhase.Loading)
            return false;
        _committed = clock;
        Segment = new Segment(clock, clock);
        _pace.Restart();
        Restart(clock, examples);
        Phase = ShardPhase.Serving;
        return true;
    }

    /// <summary>Leaves the open generation for good; one that is superseded, or whose state could not be loaded.</summary>
    public void Leave(Generation generation)
    {
        if (generation == Generation)
            Enter(generation, ShardPhase.Idle);
    }

    /// <summary>The coordinator's word: all up to <paramref name="committed"/> is durable, and <paramref name="segment"/> is open.</summary>
    /// <param name="generation">The generation that it is for.</param>
    /// <param name="committed">A clock; -1 for nothing.</param>
    /// <param name="segment">The next segment, or the open one with another end.</param>
    /// <param name="now">The time.</param>
    /// <remarks>
    /// Harmless when late or repeated. A segment opens only from the boundary at which this task stands with its
    /// state copied; so no task can pass a boundary at which another one waits for the commit. The end of the open one moves
    /// to where it is asked to, but not below what was contributed: where tasks then differ, they are asked for the largest.
    /// </remarks>
    public PushOutcome Advance(Generation generation, long committed, Segment segment, TimeSpan now)
    {
        var outcome = Admit(generation);
        if (outcome != PushOutcome.Admitted)
            return outcome;
        _committed = Math.Max(_committed, committed);
        if (Snapshot.IsHeld && Snapshot.Clock <= _committed)
            Snapshot.Release();
        if (segment.From == Segment.From && !Segment.IsEmpty)
            MoveEnd(segment.To);
        CopyAtBoundary(now);
        if (segment.From == Segment.To && !segment.IsEmpty && IsCopied)
        {
            Segment = segment;
            _pace.Open(now);
        }

        return outcome;
    }

    /// <summary>Memory for the gradient of a push whose floats are still to come; for the caller to push or to release.</summary>
    public PooledVector Stage(Generation generation, long clock)
    {
        Foresee(generation, clock);
        return Vectors.Rent();
    }

    /// <summary>Takes a gradient that was received whole, and with it the caller's hold on it; none where the push has no example.</summary>
    public PushAnswer Push(in PushHeader header, PooledVector? gradient, TimeSpan now)
    {
        var isWhole = header.Examples == 0 || gradient is not null;
        var answer = isWhole && IsWellFormed(header) ? Take(header, gradient, now) : new(PushOutcome.Malformed, Clock);
        if (answer.Outcome != PushOutcome.Admitted)
            gradient?.Release();
        _outcomes[(int)answer.Outcome]++;
        return answer;
    }

    /// <summary>A worker asks for parameters: they are sent now, or when there are such.</summary>
    /// <param name="generation">The generation that the worker works for.</param>
    /// <param name="wanted">-1 for the newest. In synchronous mode a version; in the others the clock that every lane is to have reached.</param>
    /// <param name="worker">The exchange stream that asks.</param>
    /// <param name="now">The time.</param>
    public abstract ParametersAnswer Request(Generation generation, long wanted, ulong worker, TimeSpan now);

    /// <summary>Forgets a worker whose exchange stream has ended.</summary>
    public void Disconnect(ulong worker) => Steal.Forget(worker);

    /// <summary>Hands what others wait for to them, once their grace is over.</summary>
    /// <returns>The number of hints written.</returns>
    public int CollectHints(TimeSpan now, Span<StealHint> hints) =>
        Phase == ShardPhase.Serving && Clock < Segment.To ? Steal.Collect(Generation, Clock, Missing, Holders, now, hints) : 0;

    /// <summary>A version, if it is one of those that are kept: to read until the next call, or to share.</summary>
    public bool TryGetVersion(long version, out PooledVector vector) => Range.TryGet(version, out vector);

    /// <summary>What the coordinator needs to know.</summary>
    /// <param name="incarnation">The incarnation of the ps process.</param>
    public ShardReport Report(ulong incarnation) => new()
    {
        Incarnation = incarnation,
        Generation = Generation,
        Phase = Phase,
        Segment = Segment,
        LaneClocks = LaneClocks.ToArray(),
        IsCopied = IsCopied,
        SnapshotClock = Snapshot.Clock,
        SnapshotExamples = Snapshot.Examples,
        SnapshotWritten = Snapshot.IsWritten,
        Pace = _pace.Pace,
        Divergence = Divergence,
    };

    /// <summary>The least end that the open segment may still have: no lane has contributed at or beyond it.</summary>
    private protected abstract long LeastEnd { get; }

    /// <summary>The lanes that hold up the workers that wait.</summary>
    private protected abstract LaneSet Missing { get; }

    /// <summary>Who contributed each lane last.</summary>
    private protected abstract ReadOnlySpan<ulong> Holders { get; }

    /// <summary>Lets go of what nobody can need any more, since there is a push of this clock.</summary>
    private protected abstract void Foresee(Generation generation, long clock);

    private protected abstract PushAnswer Take(in PushHeader header, PooledVector? gradient, TimeSpan now);

    /// <summary>Forgets what is not state, and starts at the loaded state where there is one.</summary>
    private protected abstract void Restart(long clock, long examples);

    /// <summary>Whether a message of this generation is for the state that is served.</summary>
    private protected PushOutcome Admit(Generation generation)
    {
        if (generation == Generation && Phase != ShardPhase.Loading)
        {
            return Phase switch
            {
                ShardPhase.Serving => PushOutcome.Admitted,
                ShardPhase.Diverged => PushOutcome.Diverged,
                _ => PushOutcome.Superseded,
            };
        }

        // One with this number and another random part may be the job's or may be lost: its sender finds out.
        return generation.Counter < Generation.Counter ? PushOutcome.Superseded : PushOutcome.NotReady;
    }

    private protected PushAnswer Diverge(LaneBlock lanes, long clock, int offset, bool inGradient)
    {
        Divergence = new Divergence(lanes, clock, offset, inGradient);
        Phase = ShardPhase.Diverged;
        return new PushAnswer(PushOutcome.Diverged, clock);
    }

    private protected PushAnswer DivergeInUpdate(LaneBlock lanes, long clock)
    {
        ReadOnlySpan<float> parameters = Range.Current.Values;
        var parameter = VectorSum.FirstNonFinite(parameters);
        return Diverge(lanes, clock, parameter >= 0 ? parameter : VectorSum.FirstNonFinite(Range.Slots) % parameters.Length, inGradient: false);
    }

    /// <summary>The slowest lane has gone on.</summary>
    private protected void Moved(TimeSpan now)
    {
        _pace.Move(Clock, now);
        Steal.Complete(now);
    }

    /// <summary>Keeps the state where all lanes stand at the end of the segment, once the one before is committed.</summary>
    private protected void CopyAtBoundary(TimeSpan now)
    {
        if (Clock == Segment.To && Segment.To > _committed && !Snapshot.IsHeld)
            Snapshot.Take(Range, Segment.To);
        if (IsCopied)
            _pace.Free(now);
    }

    /// <remarks>A copy at an end that moves on is of no use: no manifest can name it, unless one does already.</remarks>
    private void MoveEnd(long end)
    {
        end = Math.Max(end, Math.Max(LeastEnd, Segment.From + 1));
        if (end > Segment.To && Snapshot.Clock == Segment.To)
            Snapshot.Release();
        Segment = Segment with { To = end };
    }

    private bool IsCopied =>
        Phase == ShardPhase.Serving && Clock == Segment.To && (Segment.To <= _committed || Snapshot.Clock == Segment.To);

    private bool IsWellFormed(in PushHeader header) =>
        Tree.IsBlock(header.Block) && header.Clock >= 0 && header.Examples >= 0;

    private void Enter(Generation generation, ShardPhase phase)
    {
        Snapshot.Release();
        Steal.Restart();
        Restart(0, 0);
        Range.Renew();
        Generation = generation;
        Phase = phase;
        Divergence = null;
    }

    private Span<float> Loading(Span<float> target) =>
        Phase == ShardPhase.Loading ? target : throw new InvalidOperationException($"The task is {Phase}, not Loading.");
}
