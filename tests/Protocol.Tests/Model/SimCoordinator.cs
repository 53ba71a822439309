using Cluster.Protocol.Commits;
using Cluster.Protocol.Parameters;

namespace Cluster.Protocol.Tests.Model;

/// <summary>A coordinator process: what a service does around <see cref="JobSupervisor"/>.</summary>
internal sealed class SimCoordinator : SimProcess
{
    private readonly CoordinatorToken _token;
    private readonly JobSupervisor _supervisor;
    private readonly TaskReport?[] _reports;
    private readonly TimeSpan[] _expected;
    private readonly Queue<SupervisorCommand> _commands = new();
    private Segment? _published;
    private bool _mayDecide;

    public SimCoordinator(SimCluster cluster, ulong id)
        : base(cluster, id)
    {
        var options = new SupervisorOptions
        {
            Job = SimCluster.Job,
            Lanes = cluster.Scenario.Lanes,
            Tasks = cluster.Scenario.Tasks,
            TotalClocks = cluster.Problem.Schedule.TotalClocks,
            Sizing = new SegmentSizing { InitialClocks = 1 + Random.Next(3), Target = TimeSpan.FromSeconds(100 + Random.Next(400)), Every = cluster.Scenario.EvaluateEvery, CheckpointEvery = cluster.Scenario.Checkpoints.Every },
            LaneGrace = TimeSpan.FromSeconds(150),
            Checkpoints = cluster.Scenario.Checkpoints,
        };
        _token = cluster.Store.AcquireCoordinator(Random.NextUInt64());
        _supervisor = new JobSupervisor(options, _token, Random.NextUInt64);
        _reports = new TaskReport?[cluster.Scenario.Tasks];
        _expected = new TimeSpan[cluster.Scenario.Tasks];
    }

    public void Reported(int task, TaskReport report)
    {
        _reports[task] = report;
        _expected[task] = default;
        _mayDecide = true;
    }

    /// <summary>Whether a report may be sent; one that is lost is sent again after a while.</summary>
    public bool ExpectReport(int task, TimeSpan now)
    {
        if (IsDead || now < _expected[task])
            return false;
        _expected[task] = now + TimeSpan.FromSeconds(40);
        return true;
    }

    public override void Act()
    {
        if (_commands.TryDequeue(out SupervisorCommand? command))
            Execute(command);
        else if (_mayDecide || Random.OneIn(8))
            Decide();
    }

    private void Decide()
    {
        _mayDecide = false;
        StoreState state = Cluster.Store.State;
        if (state.IsCancelled)
            return;
        var view = new ClusterView
        {
            Record = state.Record,
            Holder = state.Holder,
            StoreRun = Cluster.Store.Run,
            ClockLimit = Cluster.Scenario.Mutation == Mutation.RunsAheadOfEvaluations ? long.MaxValue : state.Evaluations.ClockLimit(Cluster.Problem.Evaluations),
            WorkerSlots = Cluster.Workers.Count(worker => !worker.IsDead),
            Tasks = [.. _reports.Select((report, task) =>
                new TaskView(state.TaskHolders.TryGetValue(task, out ulong holder) ? holder : null, report))],
        };
        if (state.Evaluations.Commits is [var oldest, ..] && Random.OneIn(4))
            Cluster.Network.Send(null, () => Evaluate(oldest));
        foreach (SupervisorCommand command in _supervisor.Decide(view, Cluster.Now))
            _commands.Enqueue(command is SupervisorCommand.DeleteSnapshots delete ? Spare(delete, state.Evaluations) : command);
    }

    // By what the store said when the command was decided.
    private static SupervisorCommand.DeleteSnapshots Spare(SupervisorCommand.DeleteSnapshots delete, OpenEvaluations evaluations) =>
        delete with { Keys = [.. delete.Keys.Except(evaluations.Kept)] };

    private void Execute(SupervisorCommand command)
    {
        SimStore store = Cluster.Store;
        switch (command)
        {
            case SupervisorCommand.StepDown:
                Kill();
                break;
            case SupervisorCommand.StartGeneration start:
                Cluster.Network.Send(null, () => store.StartGeneration(start.Request));
                break;
            case SupervisorCommand.Open open:
                Send(open.Task, task => task.Open(open.Generation, open.Manifest));
                break;
            case SupervisorCommand.Advance advance:
                Send(advance.Task, task => task.Advance(advance));
                break;
            case SupervisorCommand.WriteAgain again:
                Send(again.Task, task => task.WriteAgain(again));
                break;
            case SupervisorCommand.Flip flip:
                Cluster.Network.Send(null, () => Flip(flip.Request));
                break;
            case SupervisorCommand.ConfirmDurable confirm:
                Cluster.Network.Send(null, () => Confirm(confirm.Manifest));
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
                if (store.State.Evaluations.Commits.Count == 0)
                    Finish();
                break;
            default:
                throw new ProtocolViolationException($"unexpected {command}");
        }
    }

    private void Finish()
    {
        Cluster.Referee.CheckEnd(Cluster.Store.State);
        Cluster.IsFinished = true;
    }

    private void Evaluate(CommitManifest commit)
    {
        bool ends = Cluster.Scenario.StopAt > 0 && commit.Clock >= Cluster.Scenario.StopAt;
        IReadOnlyList<SnapshotKey> released = Cluster.Store.Decide(_token, commit, Cluster.Scenario.IsBest(commit.Clock), ends);
        if (Cluster.Scenario.Mutation == Mutation.ReleasedLater && released.Count > 0)
            Cluster.Network.Send(null, () => Cluster.Store.Delete(released));
    }

    private void Flip(FlipRequest request)
    {
        FlipResult result = Cluster.Store.Flip(request);
        Cluster.Network.Send(this, () => _supervisor.Flipped(request, result));
    }

    private void Confirm(ManifestId manifest)
    {
        if (Cluster.Store.State.Record.Manifest?.Id != manifest)
            return;
        if (Cluster.Scenario.Mutation != Mutation.DurableUnconfirmed)
            Cluster.Store.Sync();
        ulong run = Cluster.Store.Run;
        Cluster.Referee.Report(manifest, Cluster.Store.State);
        Cluster.Network.Send(this, () => _supervisor.Durable(manifest, run));
    }

    private void Publish(SupervisorCommand.Publish publish)
    {
        Segment segment = publish.Items[0].Segment;
        if (Cluster.Scenario.Mutation == Mutation.NobodySteals && _published == segment)
            return;
        _published = segment;
        foreach (SegmentItem item in publish.Items)
            Cluster.Broker.Publish(item);
    }

    private void Send(int task, Action<SimParameterStore> message)
    {
        if (Cluster.Holder(task) is { } store)
            Cluster.Network.Send(store, () => message(store));
    }
}
