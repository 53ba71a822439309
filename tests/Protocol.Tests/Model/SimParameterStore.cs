using Cluster.Protocol.Commits;
using Cluster.Protocol.Parameters;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A ps process: what a service does around <see cref="ParameterTask"/>.</summary>
internal sealed class SimParameterStore : SimProcess
{
    public const int Streams = 16;

    private readonly StealHint[] _hints = new StealHint[8];
    private ParameterTask _task;
    private CommitManifest? _loading;
    private TimeSpan _writeTimeout;

    public SimParameterStore(SimCluster cluster, ulong id, int index)
        : base(cluster, id)
    {
        Index = index;
        _task = CreateTask();
    }

    public int Index { get; }

    public ParameterTask Task => _task;

    private Mutation Mutation => Cluster.Scenario.Mutation;

    public override void Act()
    {
        if (Mutation == Mutation.IncarnationReused && Cluster.Network.Faults > 0 && Random.OneIn(30))
            _task = CreateTask();
        switch (Random.Next(6))
        {
            case 0:
                RenewLease();
                break;
            case 1 when _task.Phase == TaskPhase.Loading:
                Load();
                break;
            case 2 when _task.Snapshot is { IsHeld: true, IsWritten: false } && Cluster.Now >= _writeTimeout:
                WriteSnapshot();
                break;
            case 4 when Mutation != Mutation.NobodySteals:
                SendHints();
                break;
            default:
                SendReport();
                break;
        }
    }

    public void Open(Generation generation, CommitManifest? manifest)
    {
        if (_task.BeginLoad(generation))
            _loading = manifest;
    }

    public void Advance(SupervisorCommand.Advance advance) =>
        _task.Advance(advance.Generation, advance.Committed, advance.Segment);

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
        PooledVector staged = Id % 2 == 0 ? _task.Stage(header.Generation, header.Clock) : _task.Vectors.Rent();
        gradient.CopyTo(staged.Values);
        PushAnswer answer = _task.Push(header, staged, Cluster.Now);
        CheckMemory();
        Cluster.Outcomes[(int)answer.Outcome]++;
        if (answer.Outcome == PushOutcome.Admitted && Cluster.Scenario.Staleness is not null)
            Cluster.Referee.CheckBound(header.Clock, computedOn, _task.LaneClocks);
        if (_task is AsyncParameterTask)
            ReplyAsync(header, answer, from);
        else
            ReplySync(header, answer, from);
        if (answer.Completed)
            Release();
    }

    public void Request(Generation generation, long version, ulong stream, SimWorker from)
    {
        ParametersAnswer answer = _task.Request(generation, version, stream, Cluster.Now);
        Cluster.Outcomes[(int)answer.Outcome]++;
        if (Mutation == Mutation.OneVersionOnly && answer.Version >= 0 && answer.Version < _task.Version)
            return;
        if (answer.Version < 0)
            Cluster.Network.Send(from, () => from.RequestAnswered(stream, this, answer));
        else
            SendSlice(from, stream, answer.Version);
    }

    public void Disconnect(ulong stream) => _task.Disconnect(stream);

    private ParameterTask CreateTask()
    {
        var options = new TaskOptions
        {
            Lanes = Cluster.Scenario.Lanes,
            Length = Cluster.Problem.RangeLength,
            Optimizer = Cluster.Problem.CreateOptimizer(),
            Streams = Streams,
            Staleness = Mutation is Mutation.BoundIgnored ? null : Cluster.Scenario.Staleness,
            Steal = new StealOptions { InitialGrace = TimeSpan.FromSeconds(20), MinimumGrace = TimeSpan.FromSeconds(5) },
        };
        return Cluster.Scenario.IsAsync ? new AsyncParameterTask(options) : new SyncParameterTask(options);
    }

    private void RenewLease()
    {
        if (!Cluster.Store.State.TaskHolders.TryGetValue(Index, out ulong holder) || Cluster.IsLeaseOver(holder))
            Cluster.Store.HoldTask(Index, Id);
        else if (holder != Id)
            Kill();
    }

    private void Load()
    {
        Generation generation = _task.Generation;
        if (_loading is null)
        {
            Cluster.Problem.Initial.AsSpan(Cluster.Problem.Offsets[Index], Cluster.Problem.RangeLength).CopyTo(_task.LoadingParameters);
            Cluster.Problem.CreateOptimizer().Initialise(_task.LoadingParameters, _task.LoadingSlots);
            _task.CompleteLoad(generation, 0, 0);
        }
        else if (Cluster.Store.State.Snapshots.TryGetValue(_loading.Snapshots[Index], out StoredSnapshot? snapshot))
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
        Snapshot copy = _task.Snapshot;
        long clock = copy.Clock;
        Generation generation = _task.Generation;
        var key = new SnapshotKey(SimCluster.Job, Index, generation, Id, clock);
        float[] parameters = copy.Parameters.ToArray();
        if (Mutation == Mutation.SnapshotOfLiveState && _task.TryGetVersion(_task.Version, out PooledVector live))
            parameters = live.Values.ToArray();
        var snapshot = new StoredSnapshot(parameters, copy.Slots.ToArray(), copy.Examples, IsPersisted: false);
        _writeTimeout = Cluster.Now + TimeSpan.FromSeconds(30);
        Cluster.Network.Send(null, () => Cluster.Store.PutSnapshot(key, snapshot));
        Cluster.Network.Send(this, () =>
        {
            if (generation == _task.Generation)
                _task.Snapshot.MarkWritten(clock);
        });
    }

    private void SendHints()
    {
        int count = _task.CollectHints(Cluster.Now, _hints);
        for (int i = 0; i < count; i++)
        {
            StealHint hint = _hints[i];
            if (Cluster.Streams.TryGetValue(hint.Worker, out SimWorker? worker) && !worker.IsDead)
                Cluster.Network.Send(worker, () => worker.Hinted(hint));
            else
                _task.Disconnect(hint.Worker);
        }

        Cluster.Steals += count;
    }

    /// <summary>One report at a time is under way to each coordinator, or reports would be all that the network carries.</summary>
    private void SendReport()
    {
        TaskReport report = _task.Report(Id);
        foreach (SimCoordinator coordinator in Cluster.Coordinators)
        {
            if (coordinator.ExpectReport(Index, Cluster.Now))
                Cluster.Network.Send(coordinator, () => coordinator.Reported(Index, report));
        }
    }

    private void ReplySync(PushHeader header, PushAnswer answer, SimWorker from)
    {
        long version = _task.Version;
        Cluster.Network.Send(from, () => from.Answered(header, Index, answer));
        if (answer.Deliver)
            SendSlice(from, header.Worker, version);
    }

    private void Release()
    {
        foreach (ulong stream in _task.Released)
        {
            if (Cluster.Streams.TryGetValue(stream, out SimWorker? worker))
                SendSlice(worker, stream, _task.Version);
        }
    }

    private void ReplyAsync(PushHeader header, PushAnswer answer, SimWorker from)
    {
        float[]? slice = answer.Deliver && _task.TryGetVersion(_task.Version, out PooledVector current)
            ? current.Values.ToArray()
            : null;
        Generation generation = _task.Generation;
        long[] clocks = _task.LaneClocks.ToArray();
        Cluster.Network.Send(from, () => from.AnsweredAsync(header, Index, answer, generation, slice, clocks));
    }

    private void SendSlice(SimWorker to, ulong stream, long version)
    {
        if (!_task.TryGetVersion(version, out PooledVector parameters))
            return;
        float[] slice = parameters.Values.ToArray();
        var label = new SliceLabel(_task.Generation, version);
        long[] clocks = _task.LaneClocks.ToArray();
        Cluster.Network.Send(to, () => to.Received(stream, Index, label, slice, clocks));
    }

    private void CheckMemory()
    {
        int held = _task.Vectors.Rented;
        if (held > BlockAccumulator.MaxHeld(Cluster.Scenario.Lanes) + VectorPool.States)
            throw new ProtocolViolationException($"{held} vectors are held for {Cluster.Scenario.Lanes} lanes");
    }
}
