using System.Globalization;
using System.Security.Cryptography;
using Cluster.Contracts.Errors;
using Cluster.Coordinator.Evaluations;
using Cluster.Coordinator.Figures;
using Cluster.Coordinator.Jobs;
using Cluster.Coordinator.Placements;
using Cluster.Coordinator.Planning;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.ServiceDefaults.Redis;
using Cluster.Storage.Jobs;
using Cluster.Storage.Training;
using Microsoft.Extensions.Options;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Supervision;

/// <summary>The turns of a training job that has a plan: reads what Redis and the ps tasks say, lets <see cref="JobSupervisor"/> decide, and does it.
/// Owned by one runner.</summary>
/// <remarks>While Redis is slow to say something, the ps tasks are moved on by what it said last: every decision may be late or repeated.</remarks>
internal sealed class TrainingSupervision
{
    // Between two turns: at once where something was done that shows now, soon where it shows by and by.
    private static readonly TimeSpan NextTurn = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SoonTurn = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LateTurn = TimeSpan.FromMilliseconds(100);

    private readonly TrainingJob _job;
    private readonly TrainingPlan _plan;
    private readonly PlanStage _planning;
    private readonly EvaluationStage _evaluation;
    private readonly SegmentSummaries _summaries;
    private readonly TrainingStop _stop;
    private readonly TrainingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly StoreView _stores;
    private readonly SupervisorView _view;
    private readonly JobSupervisor _supervisor;
    private readonly CommitStage _commits;
    private readonly SupervisorActions _actions;
    private readonly TrainingPlacementWatch _placement;
    private string _occupied = "";

    /// <param name="job">The job.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="planning">Writes the plan again where Redis has lost it.</param>
    /// <param name="figures">Takes note of what ps tasks say.</param>
    /// <param name="moved">Called when a commit has moved on: there is something for the next turn.</param>
    /// <param name="trace">The job's spans.</param>
    /// <param name="parts">Makes what it consists of.</param>
    /// <param name="options">Durations of segments, and time-outs.</param>
    /// <param name="metrics">Counts commits.</param>
    /// <param name="time">The clock.</param>
    public TrainingSupervision(
        TrainingJob job, TrainingPlan plan, PlanStage planning, TrainingFigures figures, Action moved, JobTrace trace, RunnerParts parts,
        IOptions<CoordinatorOptions> options, TrainingMetrics metrics, TimeProvider time)
    {
        (_job, _plan, _planning, _metrics, _time) = (job, plan, planning, metrics, time);
        _summaries = parts.Make<SegmentSummaries>(job, plan, figures);
        _evaluation = parts.Make<EvaluationStage>(job, plan, _summaries, trace);
        _stores = parts.Make<StoreView>(job.Id);
        _stop = parts.Make<TrainingStop>(job, _stores);
        _view = parts.Make<SupervisorView>(job, plan, _stores, figures);
        _supervisor = new JobSupervisor(
            Options(job, plan, options.Value), job.Token, () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        _commits = parts.Make<CommitStage>(job, plan, _supervisor, moved, trace);
        _placement = new TrainingPlacementWatch(job.Spec, options.Value.PlacementTimeout, time);
        _actions = parts.Make<SupervisorActions>(job, plan, _stores, _commits, trace);
    }

    /// <summary>What the job waits for; empty while it does not.</summary>
    public string WaitingFor { get; private set; } = "";

    /// <summary>Whether that is no more than its turn on devices that work for others.</summary>
    public bool WaitsForItsTurn => _occupied.Length > 0 && WaitingFor == _occupied;

    /// <summary>The record as the last turn read it.</summary>
    public TrainingRecord? Record => _view.Known?.Record;

    /// <summary>Takes one turn.</summary>
    /// <exception cref="JobMovedException">The job is not this chief's any more, or has ended.</exception>
    public async Task<Turn> RunAsync(JobRecord job, CancellationToken cancellationToken)
    {
        _commits.Settle();
        await ReadAsync(job, cancellationToken);
        var (record, workers) = (_view.Known!.Record, _view.Known.Workers);
        var placement = _placement.Update(workers);
        if (_placement.Error is { } unplaced) return new Turn(default, unplaced);
        if (record.Plan is null) return await PlanAgainAsync(cancellationToken);

        (var view, placement) = await ViewAsync(job, placement);
        if (_view.IsServed) _actions.Served();
        var commands = Decide(view);
        if (await DoAsync(commands.Where(IsOfStores), job, record, placement, cancellationToken) is { } refused) return new Turn(default, refused);
        await _summaries.NoteAsync(record);
        var isEvaluating = await _evaluation.AdvanceAsync(job, record, isCurrent: !_commits.IsFlipping, placement, view.WorkerSlots, cancellationToken);
        foreach (var command in commands.Where(command => !IsOfStores(command)))
        {
            // What is open is decided first: the job may end before the clock at which it diverged, and its result needs the best commit.
            if (isEvaluating && command is (SupervisorCommand.Finish or SupervisorCommand.Fail)) continue;
            if (command is SupervisorCommand.Finish finish)
                await _evaluation.ConcludeAsync(job, record, finish.Manifest, placement, view.WorkerSlots, cancellationToken);
            else if (await _actions.DoAsync(command, job, record, placement, cancellationToken) is { } error)
                return new Turn(default, error);
        }

        await _stop.EnforceAsync(job, record);
        await _actions.SendAsync(job, placement, cancellationToken);
        _occupied = placement is null ? "" : Occupation.WaitingFor(_job.Id, placement.Devices, workers);
        WaitingFor = Missing();
        return new Turn(Pause(commands));
    }

    /// <summary>A batch of this lane failed on a worker: another is to try it.</summary>
    public void GivenUp(int lane) => _supervisor.GivenUp(lane);

    /// <summary>A worker could not evaluate; true when it has been tried often enough.</summary>
    public bool GivesUp(ModelNotEvaluated told) => _evaluation.GivesUp(told);

    /// <summary>Asks Redis, and goes on with the ps tasks until it has answered.</summary>
    private async Task ReadAsync(JobRecord job, CancellationToken cancellationToken)
    {
        var reading = _view.ReadRedisAsync(cancellationToken).Abandonable();
        while (_view.Known is { Record.Plan: not null } known && !reading.IsCompleted)
        {
            var placement = _placement.Update(known.Workers);
            var isMoving = placement is not null && await MoveOnAsync(job, known, placement, cancellationToken);
            await Task.WhenAny(reading, Task.Delay(isMoving ? NextTurn : SoonTurn, _time, cancellationToken));
        }

        _view.Known = await reading;
    }

    /// <summary>Opens, ends and publishes segments, and begins commits; true where something was done that shows now.</summary>
    private async Task<bool> MoveOnAsync(JobRecord job, SupervisorView.Knowledge known, TrainingPlacement placement, CancellationToken cancellationToken)
    {
        var (view, shared) = await ViewAsync(job, placement);
        IReadOnlyList<SupervisorCommand> commands = [.. Decide(view).Where(IsOfStores)];
        await DoAsync(commands.Where(command => command is not SupervisorCommand.Open), job, known.Record, shared, cancellationToken);
        return commands.Any(command => command is SupervisorCommand.Advance);
    }

    private IReadOnlyList<SupervisorCommand> Decide(ClusterView view)
    {
        var commands = _supervisor.Decide(view, _time.GetElapsedTime(0));
        if (_supervisor.CommitTime is { } took) _metrics.Committed(took);
        return commands;
    }

    private async Task<(ClusterView View, TrainingPlacement? Placement)> ViewAsync(JobRecord job, TrainingPlacement? placement)
    {
        var record = _view.Known!.Record;
        var view = await _view.ReadAsync(placement) with
        {
            ClockLimit = Math.Min(_evaluation.ClockLimit(record), _stop.ClockLimit(job, record)),
            IsEnding = _stop.IsAsked(job, record),
        };
        return (view, placement is null ? null : placement with { First = _view.Share.First });
    }

    private async Task<string?> DoAsync(
        IEnumerable<SupervisorCommand> commands, JobRecord job, TrainingRecord record, TrainingPlacement? placement, CancellationToken cancellationToken)
    {
        foreach (var command in commands)
        {
            if (await _actions.DoAsync(command, job, record, placement, cancellationToken) is { } error) return error;
            // What one ps task refuses for now, the others need not keep for it: another job may need both.
            if (_actions.WaitingFor.Length > 0) break;
        }

        return null;
    }

    /// <summary>A Redis that lost its last second: workers go by the plan, and what was begun goes by this one.</summary>
    private async Task<Turn> PlanAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _planning.WriteAsync(_plan, cancellationToken);
            return new Turn(NextTurn);
        }
        catch (ArgumentException e)
        {
            return new Turn(default, FailureText.Of(e));
        }
    }

    /// <summary>What goes to ps tasks and workers, or goes on beside the turns: no other word of Redis is needed for it.</summary>
    private static bool IsOfStores(SupervisorCommand command) => command is SupervisorCommand.Open or SupervisorCommand.Advance or SupervisorCommand.WriteAgain
        or SupervisorCommand.Publish or SupervisorCommand.Flip or SupervisorCommand.ConfirmDurable or SupervisorCommand.DeleteSnapshots;

    private TimeSpan Pause(IReadOnlyList<SupervisorCommand> commands)
    {
        if (commands.Any(command => command is SupervisorCommand.StartGeneration or SupervisorCommand.Advance)) return NextTurn;
        return _stores.Reports.Any(IsUnsettled) ? SoonTurn : LateTurn;
    }

    // Loading ends, and a snapshot is written, without a word to us.
    private static bool IsUnsettled(V1.ShardReport? report) =>
        report is null or { Phase: V1.Phase.Loading } or { SnapshotClock: >= 0, SnapshotWritten: false };

    private string Missing()
    {
        if (_stores.Missing.Any())
            return string.Join(", ", _stores.Missing.Select(task => string.Create(CultureInfo.InvariantCulture, $"/job:ps/task:{task}")));
        if (_actions.WaitingFor.Length > 0) return _actions.WaitingFor;
        return _placement.WaitingFor.Length > 0 ? _placement.WaitingFor : _occupied;
    }

    private static SupervisorOptions Options(TrainingJob job, TrainingPlan plan, CoordinatorOptions options) => new()
    {
        Job = job.Id,
        Lanes = job.Spec.Lanes,
        Tasks = plan.Stores,
        TotalClocks = plan.Schedule().TotalClocks,
        Sizing = new SegmentSizing
        {
            Target = options.SegmentDuration,
            LongestTarget = options.LongestSegment,
            InitialClocks = FirstSegment.Clocks(plan),
            Every = plan.Evaluations().Every,
            CheckpointEvery = plan.CheckpointClocks(),
        },
        Checkpoints = new CheckpointPolicy(plan.CheckpointClocks(), plan.Spec.KeepCheckpoints),
        Staleness = plan.Staleness,
        LaneGrace = options.LaneGrace,
    };

    /// <summary>What a turn came to.</summary>
    /// <param name="Pause">How long to wait for the next one.</param>
    /// <param name="Error">The error with which the job ends; null while it goes on.</param>
    public readonly record struct Turn(TimeSpan Pause, string? Error = null);
}
