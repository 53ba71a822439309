using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A worker process: what a service does around <see cref="SegmentWork"/>.</summary>
internal sealed class SimWorker : SimProcess
{
    // Actions without a batch after which it looks whether it still works for the job's generation.
    private const int Patience = 12;

    private readonly SimReplica[] _replicas;
    private readonly SimShard?[] _connections;
    private readonly Queue<Action> _outbox = new();
    private SimBroker.Delivery? _delivery;
    private SimReplica? _replica;
    private SegmentWork? _work;
    private WorkAction? _computing;
    private ulong _stream;
    private long _clock = -1;
    private int _waits;

    public SimWorker(SimCluster cluster, ulong id)
        : base(cluster, id)
    {
        _replicas = [.. cluster.Jobs.Select(job => new SimReplica(job, cluster.Scenario.Mutation))];
        _connections = new SimShard?[cluster.Scenario.Tasks];
    }

    private Mutation Mutation => Cluster.Scenario.Mutation;

    /// <summary>The job that it works for, or last did.</summary>
    private SimJob Job => _replica!.Job;

    private int? KeptBound => Mutation is Mutation.BoundIgnored or Mutation.SeenOverstated ? null : Job.Scenario.Staleness;

    public override void Act()
    {
        if (_outbox.TryDequeue(out var send))
            send();
        else if (_delivery is null)
            Take();
        else if (_computing is { } computation)
            Compute(computation);
        else
            Do(_work!.Next());
    }

    public string Describe()
        => $"worker {Id} dead {IsDead} paused {IsPaused} {_replica?.Job.Name} item {_delivery?.Item} lanes {_work?.Lanes} computing {_computing} outbox "
        + $"{_outbox.Count}";

    public override void Kill()
    {
        base.Kill();
        CloseStream();
    }

    public void Received(ulong stream, int task, SliceLabel label, float[] slice, long[] clocks, long end)
    {
        if (stream != _stream)
            return;
        if (Mutation == Mutation.LabelIgnored && label.Version > 0 && _clock >= 0)
            label = label with { Version = _clock + 1 };
        if (_work is null || !_work.TryReceive(task, label, out var target))
            return;
        var isTorn = Random.Chance(Cluster.Network.Faults);
        slice.AsSpan(0, isTorn ? slice.Length / 2 : slice.Length).CopyTo(target.Span);
        if (isTorn && Mutation != Mutation.TornSliceAccepted)
        {
            Resend(task);
            return;
        }

        _work.Received(task, label, clocks, end);
    }

    public void Answered(PushHeader header, int task, PushAnswer answer)
    {
        if (header.Worker == _stream)
            _work?.Answered(task, header.Block, header.Clock, answer);
    }

    public void AnsweredAsync(PushHeader header, int task, PushAnswer answer, Generation generation, float[]? slice, long[] clocks, long end)
    {
        if (header.Worker != _stream || _work is null)
            return;
        var label = new SliceLabel(generation, 0);
        if (slice is not null && _work.TryReceive(task, label, out var target))
        {
            slice.CopyTo(target);
            _work.Received(task, label, clocks, end);
        }

        _work.Answered(task, header.Block, header.Clock, answer);
    }

    public void RequestAnswered(ulong stream, int task, ParametersAnswer answer)
    {
        if (stream != _stream)
            return;
        _work?.Answered(task, answer);
    }

    public void Hinted(StealHint hint)
    {
        if (hint.Worker != _stream)
            return;
        _work?.Steal(hint);
    }

    private void Take()
    {
        _delivery = Cluster.Broker.Take(this, Random);
        if (_delivery is null)
            return;
        if (!Cluster.Store.State[_delivery.Job].IsRunning)
        {
            Cluster.Broker.Acknowledge(_delivery);
            _delivery = null;
            return;
        }

        Begin(_delivery.Item, _replicas[_delivery.Job.Index]);
    }

    private void Begin(SegmentItem item, SimReplica replica)
    {
        if (_replica is not null && replica != _replica)
            Cluster.Switches++;
        _replica = replica;
        _stream = Cluster.OpenStream(this);
        _clock = -1;
        _waits = 0;
        _work = Job.Scenario.IsAsync
            ? new AsyncSegmentWork(item, Job.Scenario.Lanes, Job.Problem.Offsets, replica.Parameters, KeptBound)
            : new SyncSegmentWork(replica.Tree, item, replica.Buffers);
        for (var task = 0; task < Job.Scenario.Tasks; task++)
            Connect(task);
    }

    private void Do(WorkAction action)
    {
        switch (action.Kind)
        {
            case WorkActionKind.Request:
                var (generation, stream) = (_delivery!.Item.Generation, _stream);
                Send(action.Task, shard => shard.Request(generation, action.Clock, stream, this));
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
        var parameters = _work!.Parameters.Span;
        var (gradient, examples) = _replica!.Sum(action, parameters, Id);
        var header = new PushHeader(_delivery!.Item.Generation, action.Block, action.Clock, examples, _stream);
        _work.Computed(action.Block);
        for (var task = 0; task < Job.Scenario.Tasks; task++)
        {
            var range = task;
            var floats = Job.Problem.Offsets[task]..Job.Problem.Offsets[task + 1];
            var (slice, computedOn) = (gradient[floats], parameters[floats].ToArray());
            var push = header with { Seen = _work.Seen(task) };
            _outbox.Enqueue(() => Send(range, shard => shard.Push(push, slice, computedOn, this)));
        }
    }

    private void Wait()
    {
        if (++_waits % Patience != 0)
            return;
        AskGeneration();
        for (var task = 0; task < Job.Scenario.Tasks; task++)
            Resend(task);
    }

    private void AskGeneration()
    {
        if (!Random.OneIn(3))
            return;
        var current = Cluster.Store.CurrentGeneration(Job);
        _work?.CurrentGeneration(current);
    }

    private void Resend(int task)
    {
        Connect(task);
        _work?.Resend(task);
    }

    private void Finish()
    {
        Cluster.Broker.Acknowledge(_delivery!);
        _delivery = null;
        _work = null;
        CloseStream();
    }

    private void CloseStream()
    {
        Cluster.Streams.Remove(_stream);
        foreach (var shard in _connections.OfType<SimShard>())
            shard.Disconnect(_stream);
        _connections.AsSpan().Clear();
        _stream = 0;
    }

    private void Connect(int task) => _connections[task] = Cluster.Connect(task)?.Shard(Job);

    private void Send(int task, Action<SimShard> message)
    {
        if (_connections[task] is { } shard)
            Cluster.Network.Send(shard.Process, () => message(shard));
    }
}
