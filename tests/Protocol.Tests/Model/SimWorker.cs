using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Parameters;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A worker process: what a service does around <see cref="SegmentWork"/> and <see cref="AsyncSegmentWork"/>.</summary>
internal sealed class SimWorker : SimProcess
{
    // Actions without a batch after which it looks whether it still works for the job's generation.
    private const int Patience = 12;

    private readonly LabelledBuffers _buffers;
    private readonly float[] _parameters;
    private readonly LocalDescent _local;
    private readonly BlockTree _tree;
    private readonly VectorPool _pool;
    private readonly BlockAccumulator _accumulator;
    private readonly SimParameterStore?[] _connections;
    private readonly Queue<Action> _outbox = new();
    private SimBroker.Delivery? _delivery;
    private SegmentWork? _sync;
    private AsyncSegmentWork? _async;
    private WorkAction? _computing;
    private ulong _stream;
    private long _clock = -1;
    private int _waits;

    public SimWorker(SimCluster cluster, ulong id)
        : base(cluster, id)
    {
        _buffers = new LabelledBuffers(cluster.Problem.Offsets);
        _parameters = new float[cluster.Problem.Length];
        _local = new LocalDescent(cluster.Problem.Length, cluster.Problem.CreateLocalRule());
        _tree = new BlockTree(cluster.Scenario.Lanes);
        _pool = new VectorPool(cluster.Problem.Length, cluster.Scenario.Lanes + 1);
        _accumulator = new BlockAccumulator(_tree);
        _connections = new SimParameterStore?[cluster.Scenario.Tasks];
    }

    private Mutation Mutation => Cluster.Scenario.Mutation;

    private int? KeptBound => Mutation is Mutation.BoundIgnored or Mutation.SeenOverstated ? null : Cluster.Scenario.Staleness;

    public override void Act()
    {
        if (_outbox.TryDequeue(out Action? send))
            send();
        else if (_delivery is null)
            Take();
        else if (_computing is { } computation)
            Compute(computation);
        else
            Do(_sync?.Next() ?? _async!.Next());
    }

    public string Describe() => $"worker {Id} dead {IsDead} paused {IsPaused} item {_delivery?.Item} lanes {_async?.Lanes} computing {_computing} outbox {_outbox.Count}";

    public override void Kill()
    {
        base.Kill();
        CloseStream();
    }

    public void Received(ulong stream, int task, SliceLabel label, float[] slice, long[] clocks)
    {
        if (stream != _stream)
            return;
        if (Mutation == Mutation.LabelIgnored && label.Version > 0 && _clock >= 0)
            label = label with { Version = _clock + 1 };
        Memory<float> target = default;
        bool isWanted = _sync?.TryReceive(task, label, out target)
            ?? _async?.TryReceive(task, label.Generation, out target) ?? false;
        if (!isWanted)
            return;
        bool isTorn = Random.Chance(Cluster.Network.Faults);
        slice.AsSpan(0, isTorn ? slice.Length / 2 : slice.Length).CopyTo(target.Span);
        if (isTorn && Mutation != Mutation.TornSliceAccepted)
        {
            Resend(task);
            return;
        }

        _sync?.Received(task, label);
        _async?.Received(task, label.Generation, clocks);
    }

    public void Answered(PushHeader header, int task, PushAnswer answer)
    {
        if (header.Worker == _stream)
            _sync?.Answered(task, header.Block, header.Clock, answer);
    }

    public void AnsweredAsync(PushHeader header, int task, PushAnswer answer, Generation generation, float[]? slice, long[] clocks)
    {
        if (header.Worker != _stream || _async is null)
            return;
        if (slice is not null && _async.TryReceive(task, generation, out Memory<float> target))
        {
            slice.CopyTo(target);
            _async.Received(task, generation, clocks);
        }

        _async.Answered(task, header.Block, answer);
    }

    public void RequestAnswered(ulong stream, SimParameterStore from, ParametersAnswer answer)
    {
        if (stream != _stream)
            return;
        _sync?.Answered(from.Index, answer);
        _async?.Answered(from.Index, answer);
    }

    public void Hinted(StealHint hint)
    {
        if (hint.Worker != _stream)
            return;
        _sync?.Steal(hint);
        _async?.Steal(hint);
    }

    private void Take()
    {
        _delivery = Cluster.Broker.Take(this, Random);
        if (_delivery is null)
            return;
        if (Cluster.Store.State.IsCancelled)
        {
            Cluster.Broker.Acknowledge(_delivery);
            _delivery = null;
            return;
        }

        _stream = Cluster.OpenStream(this);
        _clock = -1;
        _waits = 0;
        if (Cluster.Scenario.IsAsync)
            _async = new AsyncSegmentWork(_delivery.Item, _tree.Lanes, Cluster.Problem.Offsets, _parameters, KeptBound);
        else
            _sync = new SegmentWork(_tree, _delivery.Item, _buffers);
        for (int task = 0; task < _connections.Length; task++)
            _connections[task] = Cluster.Connect(task);
    }

    private void Do(WorkAction action)
    {
        switch (action.Kind)
        {
            case WorkActionKind.Request:
                (Generation generation, ulong stream) = (_delivery!.Item.Generation, _stream);
                Send(action.Task, store => store.Request(generation, action.Clock, stream, this));
                if (++_waits % Patience == 0)
                    AskGeneration();
                break;
            case WorkActionKind.Compute:
                _computing = action;
                _waits = 0;
                break;
            case WorkActionKind.Done or WorkActionKind.GiveUp:
                Finish();
                break;
            default:
                Wait();
                break;
        }
    }

    private void Compute(WorkAction action)
    {
        _computing = null;
        _clock = action.Clock;
        ReadOnlySpan<float> parameters = (_sync?.Parameters ?? _async!.Parameters).Span;
        (float[] gradient, long examples) = Sum(action, parameters);
        var header = new PushHeader(_delivery!.Item.Generation, action.Block, action.Clock, examples, _stream);
        _sync?.Computed(action.Block);
        _async?.Computed();
        for (int task = 0; task < _connections.Length; task++)
        {
            int range = task;
            Range floats = Cluster.Problem.Offsets[task]..Cluster.Problem.Offsets[task + 1];
            (float[] slice, float[] computedOn) = (gradient[floats], parameters[floats].ToArray());
            PushHeader push = header with { Seen = _async?.Seen(task) ?? 0 };
            _outbox.Enqueue(() => Send(range, store => store.Push(push, slice, computedOn, this)));
        }
    }

    /// <summary>Sums the block's lanes with the ps task's own accumulator, which follows the tree.</summary>
    private (float[] Gradient, long Examples) Sum(WorkAction action, ReadOnlySpan<float> parameters)
    {
        if (Mutation == Mutation.SumBackwards)
            return SumBackwards(action, parameters);
        for (int lane = action.Block.First; lane < action.Block.End; lane++)
        {
            PooledVector gradient = _pool.Rent();
            gradient.Values.Clear();
            long examples = Cluster.Scenario.LocalSteps > 1
                ? Descend(action.Clock, lane, parameters, gradient.Values)
                : Cluster.Problem.AddGradient(action.Clock, lane, parameters, gradient.Values);
            if (examples == 0 && Mutation == Mutation.AbsentAsZero)
                examples = 1;
            _accumulator.Add(new LaneBlock(lane, 1), gradient, examples, Id);
        }

        if (!_accumulator.TryGet(action.Block, out PooledVector? sum, out long count))
            throw new ProtocolViolationException($"{action.Block} is not a block");
        float[] copy = sum?.Values.ToArray() ?? new float[Cluster.Problem.Length];
        _accumulator.Clear();
        return (copy, count);
    }

    private long Descend(long clock, int lane, ReadOnlySpan<float> common, Span<float> difference)
    {
        if (Mutation != Mutation.LocalStateKept || clock == 0)
            _local.Begin(common);
        var gradient = new float[difference.Length];
        for (int step = 0; step < Cluster.Scenario.LocalSteps; step++)
        {
            EpochShare share = Cluster.Problem.Schedule.Share(clock, lane, step);
            gradient.AsSpan().Clear();
            if (share.Count > 0)
                _local.Step(gradient, Cluster.Problem.AddGradient(share, _local.Parameters.Span, gradient), UpdateTime.AtStep(clock));
        }

        long examples = Cluster.Problem.Schedule.Share(clock, lane).Count;
        _local.Difference(common, Mutation == Mutation.LocalDifferencesUnweighted ? 1 : examples, difference);
        return examples;
    }

    private (float[] Gradient, long Examples) SumBackwards(WorkAction action, ReadOnlySpan<float> parameters)
    {
        var sum = new float[Cluster.Problem.Length];
        long examples = 0;
        for (int lane = action.Block.End - 1; lane >= action.Block.First; lane--)
            examples += Cluster.Problem.AddGradient(action.Clock, lane, parameters, sum);
        return (sum, examples);
    }

    private void Wait()
    {
        if (++_waits % Patience != 0)
            return;
        AskGeneration();
        for (int task = 0; task < _connections.Length; task++)
            Resend(task);
    }

    private void AskGeneration()
    {
        if (!Random.OneIn(3))
            return;
        Generation current = Cluster.Store.CurrentGeneration;
        _sync?.CurrentGeneration(current);
        _async?.CurrentGeneration(current);
    }

    private void Resend(int task)
    {
        _connections[task] = Cluster.Connect(task);
        _sync?.Resend(task);
        _async?.Resend(task);
    }

    private void Finish()
    {
        Cluster.Broker.Acknowledge(_delivery!);
        _delivery = null;
        _sync = null;
        _async = null;
        CloseStream();
    }

    private void CloseStream()
    {
        Cluster.Streams.Remove(_stream);
        foreach (SimParameterStore store in _connections.OfType<SimParameterStore>())
            store.Disconnect(_stream);
        _stream = 0;
    }

    private void Send(int task, Action<SimParameterStore> message)
    {
        if (_connections[task] is { } store)
            Cluster.Network.Send(store, () => message(store));
    }
}
