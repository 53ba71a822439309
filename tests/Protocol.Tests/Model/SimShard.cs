using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Tests.Model;

/// <summary>One job's parameters in a ps process: what a service does around <see cref="Shard"/>.</summary>
internal sealed class SimShard
{
    private const int Streams = 16;

    private readonly StealHint[] _hints = new StealHint[8];
    private readonly SimCluster _cluster;
    private readonly SimParameterStore _store;
    private readonly SimJob _job;
    private Shard _task;
    private CommitManifest? _loading;
    private TimeSpan _writeTimeout;

    public SimShard(SimCluster cluster, SimParameterStore store, SimJob job)
    {
        _cluster = cluster;
        _store = store;
        _job = job;
        _task = CreateTask();
    }

    private Mutation Mutation => _cluster.Scenario.Mutation;

    public SimParameterStore Process => _store;

    private int Index => _store.Index;

    /// <summary>What it does by itself; the choice is one of five.</summary>
    public void Act(int choice)
    {
        switch (choice)
        {
            case 1 when _task.Phase == ShardPhase.Loading:
                Load();
                break;
            case 2 when _task.Snapshot is { IsHeld: true, IsWritten: false } && _cluster.Now >= _writeTimeout:
                WriteSnapshot();
                break;
            case 3 when !_cluster.Store.State[_job].IsRunning:
                End();
                break;
            case 4 when Mutation != Mutation.NobodySteals:
                SendHints();
                break;
            default:
                SendReport();
                break;
        }
    }

    /// <summary>Loses what it holds.</summary>
    public void Drop() => _task = CreateTask();

    public void Open(Generation generation, CommitManifest? manifest)
    {
        if (!_task.BeginLoad(generation))
            return;
        _loading = manifest;
    }

    public void Advance(SupervisorCommand.Advance advance) =>
        _task.Advance(advance.Generation, advance.Committed, advance.Segment, _cluster.Now);

    public void WriteAgain(SupervisorCommand.WriteAgain command)
    {
        if (command.Generation == _task.Generation)
            _task.Snapshot.MarkLost(command.Clock);
    }

    /// <param name="header">What it is.</param>
    /// <param name="gradient">Its floats.</param>
    /// <param name="computedOn">This task's range of the parameters that it was really computed on.</param>
    /// <param name="from">Who pushes.</param>
    public void Push(PushHeader header, float[] gradient, float[] computedOn, SimWorker from)
    {
        if (Mutation == Mutation.SeenOverstated)
            header = header with { Seen = Math.Min(_task.Clock, header.Clock) };
        if (Mutation == Mutation.DuplicateApplied && header.Clock < _task.Clock)
            header = header with { Clock = _task.Clock };
        // As a large range and as a small one.
        var staged = _store.Id % 2 == 0 ? _task.Stage(header.Generation, header.Clock) : _task.Vectors.Rent();
        gradient.CopyTo(staged.Values);
        var answer = _task.Push(header, staged, _cluster.Now);
        CheckMemory();
        _job.Outcomes[(int)answer.Outcome]++;
        if (answer.Outcome == PushOutcome.Admitted && _job.Scenario.Staleness is not null)
            _job.Referee.CheckBound(header.Clock, computedOn, _task.LaneClocks);
        if (_task is AsyncShard)
            ReplyAsync(header, answer, from);
        else
            ReplySync(header, answer, from);
        if (answer.Completed)
            Release();
    }

    public void Request(Generation generation, long version, ulong stream, SimWorker from)
    {
        var answer = _task.Request(generation, version, stream, _cluster.Now);
        _job.Outcomes[(int)answer.Outcome]++;
        if (Mutation == Mutation.OneVersionOnly && answer.Version >= 0 && answer.Version < _task.Version)
            return;
        if (answer.Version < 0)
            _cluster.Network.Send(from, () => from.RequestAnswered(stream, Index, answer));
        else
            SendSlice(from, stream, answer.Version);
    }

    public void Disconnect(ulong stream) => _task.Disconnect(stream);

    public string Describe() =>
        $"{_task.Phase} {_task.Generation} clocks {string.Join(' ', _task.LaneClocks.ToArray())} {_task.Segment} snapshot {_task.Snapshot.Clock}";

    /// <summary>The job has ended: its generation is not served again, whatever the store says later.</summary>
    private void End()
    {
        _task.Leave(_task.Generation);
        if (Mutation == Mutation.EndDropsOtherModels)
            _store.DropAllBut(_job);
    }

    private Shard CreateTask()
    {
        var options = new ShardOptions
        {
            Lanes = _job.Scenario.Lanes,
            Length = _job.Problem.RangeLength,
            Optimizer = _job.Problem.CreateOptimizer(),
            Streams = Streams,
            Staleness = Mutation is Mutation.BoundIgnored ? null : _job.Scenario.Staleness,
            Steal = new StealOptions { InitialGrace = TimeSpan.FromSeconds(20), MinimumGrace = TimeSpan.FromSeconds(5) },
        };
        return _job.Scenario.IsAsync ? new AsyncShard(options) : new SyncShard(options);
    }

    private void Load()
    {
        var generation = _task.Generation;
        if (_loading is null)
        {
            _job.Problem.Initial.AsSpan(_job.Problem.Offsets[Index], _job.Problem.RangeLength).CopyTo(_task.LoadingParameters);
            _job.Problem.CreateOptimizer().Initialise(_task.LoadingParameters, _task.LoadingSlots);
            _task.CompleteLoad(generation, 0, 0);
        }
        else if (_cluster.Store.State.Snapshots.TryGetValue(_loading.Snapshots[Index], out var snapshot))
        {
            snapshot.Parameters.CopyTo(_task.LoadingParameters);
            snapshot.Slot.CopyTo(_task.LoadingSlots);
            _task.CompleteLoad(generation, _loading.Clock, snapshot.Examples);
        }
        else
        {
            _task.Leave(generation);
        }
    }

    private void WriteSnapshot()
    {
        var copy = _task.Snapshot;
        var clock = copy.Clock;
        var generation = _task.Generation;
        var key = new SnapshotKey(_job.Name, Index, generation, _store.Id, clock);
        var parameters = copy.Parameters.ToArray();
        if (Mutation == Mutation.SnapshotOfLiveState && _task.TryGetVersion(_task.Version, out var live))
            parameters = live.Values.ToArray();
        var snapshot = new StoredSnapshot(parameters, copy.Slots.ToArray(), copy.Examples, IsPersisted: false);
        _writeTimeout = _cluster.Now + TimeSpan.FromSeconds(30);
        _cluster.Network.Send(null, () => _cluster.Store.PutSnapshot(key, snapshot));
        _cluster.Network.Send(_store, () =>
        {
            if (generation == _task.Generation)
                _task.Snapshot.MarkWritten(clock);
        });
    }

    private void SendHints()
    {
        var count = _task.CollectHints(_cluster.Now, _hints);
        for (var i = 0; i < count; i++)
        {
            var hint = _hints[i];
            if (_cluster.Streams.TryGetValue(hint.Worker, out var worker) && !worker.IsDead)
                _cluster.Network.Send(worker, () => worker.Hinted(hint));
            else
                _task.Disconnect(hint.Worker);
        }

        _job.Steals += count;
    }

    /// <summary>One report at a time is under way to each coordinator, or reports would be all that the network carries.</summary>
    private void SendReport()
    {
        var report = _task.Report(_store.Id);
        foreach (var coordinator in _cluster.Coordinators)
        {
            if (coordinator.Runner(_job) is { } runner && runner.ExpectReport(Index))
                _cluster.Network.Send(coordinator, () => runner.Reported(Index, report));
        }
    }

    private void ReplySync(PushHeader header, PushAnswer answer, SimWorker from)
    {
        var version = _task.Version;
        _cluster.Network.Send(from, () => from.Answered(header, Index, answer));
        if (answer.Deliver)
            SendSlice(from, header.Worker, version);
    }

    private void Release()
    {
        foreach (var stream in _task.Released)
        {
            if (_cluster.Streams.TryGetValue(stream, out var worker))
                SendSlice(worker, stream, _task.Version);
        }
    }

    private void ReplyAsync(PushHeader header, PushAnswer answer, SimWorker from)
    {
        var slice = answer.Deliver && _task.TryGetVersion(_task.Version, out var current)
            ? current.Values.ToArray()
            : null;
        var generation = _task.Generation;
        var clocks = _task.LaneClocks.ToArray();
        var end = _task.Segment.To;
        _cluster.Network.Send(from, () => from.AnsweredAsync(header, Index, answer, generation, slice, clocks, end));
    }

    private void SendSlice(SimWorker to, ulong stream, long version)
    {
        if (!_task.TryGetVersion(version, out var parameters))
            return;
        var slice = parameters.Values.ToArray();
        var label = new SliceLabel(_task.Generation, version);
        var clocks = _task.LaneClocks.ToArray();
        var end = _task.Segment.To;
        _cluster.Network.Send(to, () => to.Received(stream, Index, label, slice, clocks, end));
    }

    private void CheckMemory()
    {
        var held = _task.Vectors.Rented;
        if (held > BlockAccumulator.MaxHeld(_job.Scenario.Lanes) + VectorPool.States)
            throw new ProtocolViolationException($"{held} vectors are held for {_job.Scenario.Lanes} lanes");
    }
}
