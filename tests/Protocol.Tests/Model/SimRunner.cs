using Cluster.Protocol.Commits;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Tests.Model;

/// <summary>One job in a coordinator process: what a service does around <see cref="JobSupervisor"/>.</summary>
internal sealed class SimRunner
{
    private readonly SimCluster _cluster;
    private readonly SimCoordinator _coordinator;
    private readonly SimJob _job;
    private readonly JobSupervisor _supervisor;
    private readonly ShardReport?[] _reports;
    private readonly TimeSpan[] _expected;
    private readonly Queue<SupervisorCommand> _commands = new();
    private long? _published;
    private bool _mayDecide;
    private bool _isCleanedUp;
    private Action? _step;
    private TimeSpan _stepAt;

    public SimRunner(SimCluster cluster, SimCoordinator coordinator, SimJob job, SupervisorOptions options)
    {
        _cluster = cluster;
        _coordinator = coordinator;
        _job = job;
        _supervisor = new JobSupervisor(options, coordinator.Token, cluster.Random.NextUInt64);
        _reports = new ShardReport?[job.Scenario.Tasks];
        _expected = new TimeSpan[job.Scenario.Tasks];
    }

    public static SupervisorOptions Options(SimJob job, SimRandom random) => new()
    {
        Job = job.Name,
        Lanes = job.Scenario.Lanes,
        Tasks = job.Scenario.Tasks,
        TotalClocks = job.Problem.Schedule.TotalClocks,
        Sizing = new SegmentSizing
        {
            InitialClocks = 1 + random.Next(3),
            Target = TimeSpan.FromSeconds(100 + random.Next(400)),
            Every = job.Scenario.EvaluateEvery,
            CheckpointEvery = job.Scenario.Checkpoints.Every,
        },
        LaneGrace = TimeSpan.FromSeconds(150),
        Staleness = job.Scenario.Staleness,
        Checkpoints = job.Scenario.Checkpoints,
    };

    private Mutation Mutation => _cluster.Scenario.Mutation;

    private SimRandom Random => _cluster.Random;

    public void Reported(int task, ShardReport report)
    {
        _reports[task] = report;
        _expected[task] = default;
        _mayDecide = true;
    }

    /// <summary>Whether a report may be sent; one that is lost is sent again after a while.</summary>
    public bool ExpectReport(int task)
    {
        if (_coordinator.IsDead || _cluster.Now < _expected[task])
            return false;
        _expected[task] = _cluster.Now + TimeSpan.FromSeconds(40);
        return true;
    }

    public void Act()
    {
        TakeStep();
        if (_commands.TryDequeue(out var command))
            Execute(command);
        else if (_mayDecide || Random.OneIn(8))
            Decide();
    }

    private void Decide()
    {
        _mayDecide = false;
        var state = _cluster.Store.State;
        var stored = state[_job];
        if (!stored.IsRunning)
        {
            CleanUp(stored);
            return;
        }

        var view = new ClusterView
        {
            Record = stored.Record,
            Holder = stored.Holder,
            RedisRun = _cluster.Store.Run,
            ClockLimit = Mutation == Mutation.RunsAheadOfEvaluations ? long.MaxValue : stored.Evaluations.ClockLimit(_job.Problem.Evaluations),
            WorkerSlots = _cluster.Workers.Count(worker => !worker.IsDead),
            Rivals = Random.Next(3),
            IsEnding = Random.OneIn(15),
            Tasks = [.. _reports.Select((report, task) =>
                new ShardView(state.TaskHolders.TryGetValue(task, out var holder) ? holder : null, report))],
        };
        if (stored.Evaluations.Commits is [var oldest, ..] && Random.OneIn(4))
            _cluster.Network.Send(null, () => Evaluate(oldest));
        foreach (var command in _supervisor.Decide(view, _cluster.Now))
            _commands.Enqueue(command is SupervisorCommand.DeleteSnapshots delete ? Spare(delete, stored.Evaluations) : command);
    }

    /// <summary>What nothing of an ended job needs is deleted, once.</summary>
    private void CleanUp(StoredJob stored)
    {
        if (_isCleanedUp || stored.Holder != _coordinator.Token || stored.Record.Manifest is not { } manifest)
            return;
        _isCleanedUp = true;
        HashSet<SnapshotKey> kept = [.. manifest.Snapshots, .. manifest.Checkpoints.SelectMany(checkpoint => checkpoint.Snapshots),
            .. stored.Evaluations.Best?.Snapshots ?? []];
        IEnumerable<SnapshotKey> named = [.. manifest.Previous, .. manifest.Expired];
        _cluster.Store.Delete([.. named.Where(key => !kept.Contains(key)).Except(stored.Evaluations.Kept)]);
    }

    // By what the store said when the command was decided.
    private static SupervisorCommand.DeleteSnapshots Spare(SupervisorCommand.DeleteSnapshots delete, OpenEvaluations evaluations) =>
        delete with { Keys = [.. delete.Keys.Except(evaluations.Kept)] };

    private void Execute(SupervisorCommand command)
    {
        var store = _cluster.Store;
        switch (command)
        {
            case SupervisorCommand.StepDown:
                _commands.Clear();
                _coordinator.StepDown(_job);
                break;
            case SupervisorCommand.StartGeneration start:
                _cluster.Network.Send(null, () => store.StartGeneration(_job, start.Request));
                break;
            case SupervisorCommand.Open open:
                Send(open.Task, shard => shard.Open(open.Generation, open.Manifest));
                break;
            case SupervisorCommand.Advance advance when Mutation == Mutation.EndsLeftApart && IsRaise(advance):
                break;
            case SupervisorCommand.Advance advance:
                _job.Raises += IsRaise(advance) ? 1 : 0;
                _job.Cuts += EndOf(advance) > advance.Segment.To ? 1 : 0;
                Send(advance.Task, shard => shard.Advance(advance));
                break;
            case SupervisorCommand.WriteAgain again:
                Send(again.Task, shard => shard.WriteAgain(again));
                break;
            case SupervisorCommand.Flip flip:
                AtTheStore(() => Flip(flip.Request));
                break;
            case SupervisorCommand.ConfirmDurable confirm:
                AtTheStore(() => Confirm(confirm.Manifest));
                break;
            case SupervisorCommand.DeleteSnapshots delete:
                store.Delete(delete.Keys);
                _supervisor.Deleted(delete.Manifest);
                break;
            case SupervisorCommand.Publish publish:
                Publish(publish);
                break;
            case SupervisorCommand.Finish:
                // The last evaluation may not be decided yet.
                if (store.State[_job].Evaluations.Commits.Count == 0)
                    store.Finish(_job, _coordinator.Token);
                break;
            default:
                throw new ProtocolViolationException($"unexpected {command}");
        }
    }

    /// <summary>A step of a commit, one after the other where the store takes its time.</summary>
    private void AtTheStore(Action step)
    {
        if (_cluster.Scenario.CommitDelay == TimeSpan.Zero)
            _cluster.Network.Send(null, step);
        else if (_step is null)
            (_step, _stepAt) = (step, _cluster.Now + _cluster.Scenario.CommitDelay);
    }

    private void TakeStep()
    {
        if (_step is not { } step || _cluster.Now < _stepAt)
            return;
        _step = null;
        _cluster.Network.Send(null, step);
    }

    private void Evaluate(CommitManifest commit)
    {
        var ends = _job.Scenario.StopAt > 0 && commit.Clock >= _job.Scenario.StopAt;
        var released = _cluster.Store.Decide(_job, _coordinator.Token, commit, _job.Scenario.IsBest(commit.Clock), ends);
        if (Mutation == Mutation.ReleasedLater && released.Count > 0)
            _cluster.Network.Send(null, () => _cluster.Store.Delete(released));
    }

    private void Flip(FlipRequest request)
    {
        var result = _cluster.Store.Flip(_job, request);
        _cluster.Network.Send(_coordinator, () => _supervisor.Flipped(request, result));
    }

    private void Confirm(ManifestId manifest)
    {
        var store = _cluster.Store;
        if (store.State[_job].Record.Manifest?.Id != manifest)
            return;
        if (Mutation != Mutation.DurableUnconfirmed)
            store.Sync();
        var run = store.Run;
        _job.Referee.Report(manifest, store.State);
        _cluster.Network.Send(_coordinator, () => _supervisor.Durable(manifest, run));
    }

    private bool IsRaise(SupervisorCommand.Advance advance) => EndOf(advance) < advance.Segment.To;

    /// <summary>Where the ps task said that this segment ends; null where it is not open there.</summary>
    private long? EndOf(SupervisorCommand.Advance advance) =>
        _reports[advance.Task] is { Segment: { IsEmpty: false } open } && open.From == advance.Segment.From ? open.To : null;

    private void Publish(SupervisorCommand.Publish publish)
    {
        var segment = publish.Items[0].Segment;
        if (Mutation == Mutation.NobodySteals && _published == segment.From)
            return;
        _published = segment.From;
        foreach (var item in publish.Items)
            _cluster.Broker.Publish(_job, item);
    }

    private void Send(int task, Action<SimShard> message)
    {
        if (_cluster.Holder(task) is { } store)
            _cluster.Network.Send(store, () => message(store.Shard(_job)));
    }
}
