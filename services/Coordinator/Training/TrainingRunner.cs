using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Cluster.Contracts.Jobs;
using Cluster.Contracts.Jobs.V1;
using Cluster.Contracts.Messages;
using Cluster.Coordinator.Jobs;
using Cluster.Persistence.Training;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Parameters;
using Cluster.ServiceDefaults.Redis;
using Cluster.ServiceDefaults.Registry;
using Cluster.Training.Data;
using JobRecord = Cluster.Coordinator.Jobs.JobRecord;
using TrainingPlan = Cluster.Contracts.Jobs.TrainingPlan;
using TrainingSpec = Cluster.Contracts.Jobs.TrainingSpec;

namespace Cluster.Coordinator.Training;

/// <summary>
/// Runs one training job from its record in Redis to its end. One loop owns all state. Each turn reads what Redis and the
/// ps tasks say, lets <see cref="JobSupervisor"/> decide, and does it; so starting, resuming after a crash and recovering
/// are one path. Events of workers come through a bounded channel and only make the next turn come sooner.
/// </summary>
internal sealed class TrainingRunner : IJobRunner
{
    // Between two turns: at once where something was done that shows now, soon where it shows by and by.
    private static readonly TimeSpan NextTurn = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SoonTurn = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LateTurn = TimeSpan.FromMilliseconds(100);
    private const int MissingLimit = 5;

    private static readonly TimeSpan RunPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DataPeriod = TimeSpan.FromMinutes(5);

    private readonly TrainingContext _context;
    private readonly TrainingSpec _spec;
    private readonly string _owner;
    private readonly Channel<object> _signals = Channel.CreateBounded<object>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly StoreView _stores;
    private readonly TrainingFigures _figures;
    private readonly EvaluationStage _evaluation;
    private readonly JobFeed _feed;
    private JobRecord _job;
    private TrainingPlan? _plan;
    private JobSupervisor? _supervisor;
    private SupervisorActions? _actions;
    private string _waitingFor = "";
    private ulong _storeRun;
    private long? _runReadAt;
    private long? _recordedAt;
    private long? _prolongedAt;

    public TrainingRunner(JobRecord job, string owner, TrainingContext context)
    {
        (_job, _owner, _context) = (job, owner, context);
        _spec = System.Text.Json.JsonSerializer.Deserialize<TrainingSpec>(job.Spec, SpecJson.Options)!;
        _stores = new StoreView(job.Id, context.Stores, context.Tasks);
        _figures = new TrainingFigures(context.Time);
        _evaluation = new EvaluationStage(context);
        _feed = context.Feeds.Open(job.Id);
    }

    public void Tell(object signal) => _signals.Writer.TryWrite(signal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TurnAsync(cancellationToken);
        }
        finally
        {
            _context.Shares.Leave(_job.Id);
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        var backoff = new RunnerBackoff(_context.Time);
        int missing = 0;
        while (true)
        {
            try
            {
                if (await StepAsync(cancellationToken)) return;
                backoff.Reset();
                missing = 0;
            }
            catch (JobMovedException e) when (e.Answer == "fenced" || (e.Answer == "missing" && ++missing > MissingLimit))
            {
                // A record that stays away was lost by Redis, and the job with it.
                JobLog.Left(_context.Logger, _job.Id, e.Answer);
                return;
            }
            catch (Exception e) when (e is JobMovedException || RedisErrors.IsTransient(e))
            {
                JobLog.Interrupted(_context.Logger, _job.Id, e.Message);
                await backoff.WaitAsync(cancellationToken);
            }
        }
    }

    // True when there is nothing left to do for this job.
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        _job = await _context.Jobs.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        if (_job.HasEnded) return await CleanUpAsync(cancellationToken);
        if (_job.State == JobState.Pending && await StartAsync()) return true;
        if (_job.Result.Length > 0) return await EndAsync(JobState.Succeeded, "", cancellationToken);
        while (_signals.Reader.TryRead(out object? signal))
        {
            if (await HandleAsync(signal, cancellationToken)) return true;
        }

        if (_plan is null && await PlanAsync(cancellationToken)) return true;
        TimeSpan? wait = _plan is null ? LateTurn : await SuperviseAsync(_plan, cancellationToken);
        if (wait is { } turn) await WaitAsync(turn, cancellationToken);
        return wait is null;
    }

    // How long to wait for the next turn; null when the job has ended.
    private async Task<TimeSpan?> SuperviseAsync(TrainingPlan plan, CancellationToken cancellationToken)
    {
        IReadOnlyList<RegisteredTask> workers = await _context.Tasks.WorkersAsync(cancellationToken);
        ModelPlacement? placement = ModelPlacement.For(_spec.Model, workers);
        TrainingRecord record = await _context.Records.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        if (record.Plan is null)
        {
            // A Redis that lost its last second: workers go by the plan, and what was begun goes by this one.
            await _context.Records.PlanAsync(_job.Id, _owner, plan, TrainingPlanner.Placements(plan));
            return NextTurn;
        }

        ClusterView view = await ViewAsync(plan, record, placement?.Slots ?? 0, cancellationToken);
        IReadOnlyList<SupervisorCommand> commands = _supervisor!.Decide(view, _context.Time.GetElapsedTime(0));
        string queue = placement?.Queue ?? QueueNames.WorkAny;
        foreach (SupervisorCommand command in commands)
        {
            if (command is SupervisorCommand.Finish finish)
                await _evaluation.SendAsync(_job, finish.Manifest, record.Protocol.Generation, queue, cancellationToken);
            else if (await _actions!.DoAsync(command, _job, queue, cancellationToken) is { } error)
            {
                await EndAsync(JobState.Failed, error, cancellationToken);
                return null;
            }

            // What one ps task refuses for now, the others need not keep for it: another job may need both.
            if (_actions!.WaitingFor.Length > 0) break;
        }

        await _actions!.SendAsync(_job, queue, cancellationToken);
        _waitingFor = WaitingFor(placement, workers);
        await RecordAsync(cancellationToken);
        Show(record);
        if (commands.Any(command => command is SupervisorCommand.StartGeneration or SupervisorCommand.Advance or SupervisorCommand.Flip)) return NextTurn;
        return _stores.Reports.Any(IsUnsettled) ? SoonTurn : LateTurn;
    }

    // Loading ends, and a snapshot is written, without a word to us.
    private static bool IsUnsettled(Contracts.Parameters.V1.TaskReport? report) => report is null
        or { Phase: Contracts.Parameters.V1.Phase.Loading } or { SnapshotClock: >= 0, SnapshotWritten: false };

    private async Task<ClusterView> ViewAsync(TrainingPlan plan, TrainingRecord record, int slots, CancellationToken cancellationToken)
    {
        if (_runReadAt is not { } at || _context.Time.GetElapsedTime(at) > RunPeriod)
        {
            _storeRun = await _context.Durability.RunAsync();
            _runReadAt = _context.Time.GetTimestamp();
        }

        IReadOnlyList<TaskView> tasks = await _stores.ReadAsync(plan.Stores, cancellationToken);
        _figures.Observe(_stores.Reports);
        bool isServed = _stores.Reports.All(report => report is { Phase: Contracts.Parameters.V1.Phase.Serving });
        if (isServed) _actions!.Served();
        // A job that only waits leaves the workers to the others.
        if (isServed && record.Protocol.Manifest?.Clock != plan.Schedule().TotalClocks) _context.Shares.Enter(_job.Id);
        else _context.Shares.Leave(_job.Id);
        return new ClusterView
        {
            Record = record.Protocol,
            Holder = TokenOf(record.Owner),
            StoreRun = _storeRun,
            Tasks = tasks,
            WorkerSlots = Math.Min(plan.Streams, _context.Shares.Of(_job.Id, slots)),
        };
    }

    private async Task<bool> HandleAsync(object signal, CancellationToken cancellationToken)
    {
        switch (signal)
        {
            case SegmentReached told:
                _figures.Reached(told);
                _feed.Add(PartialResults.Of(told));
                return false;
            case SegmentFailed told:
                return await HandleFailureAsync(told, cancellationToken);
            case ModelNotEvaluated told:
                return _evaluation.GivesUp(told.Error, _job.Id) && await EndAsync(JobState.Failed, told.Error, cancellationToken);
            default:
                // The record has changed; the next turn reads it.
                return false;
        }
    }

    private async Task<bool> HandleFailureAsync(SegmentFailed told, CancellationToken cancellationToken)
    {
        TrainingLog.BatchFailed(_context.Logger, _job.Id, told.Lane, told.Clock, told.Device, told.Attempts, RangeLimits.MaxAttempts, told.Error);
        TrainingRecord? record = await _context.Records.ReadAsync(_job.Id);
        if (record is null || record.Protocol.Generation != told.Generation) return false;
        if (!told.Permanent && told.Attempts < RangeLimits.MaxAttempts) return false;
        return await EndAsync(JobState.Failed, $"lane {told.Lane}, clock {told.Clock} failed on {told.Device}: {told.Error}", cancellationToken);
    }

    private async Task<bool> StartAsync()
    {
        if (await _context.Jobs.MoveAsync(_job.Id, _owner, JobState.Pending, JobState.Running) == TransitionAnswer.Fenced) return true;
        _job = await _context.Jobs.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        return false;
    }

    // Made once for a job: what it was trained on and with how many ranges stays as it is, whatever comes and goes.
    private async Task<bool> PlanAsync(CancellationToken cancellationToken)
    {
        TrainingRecord record = await _context.Records.ReadAsync(_job.Id) ?? throw new JobMovedException("missing");
        TrainingPlan? plan = record.Plan;
        if (plan is null)
        {
            int stores = await _context.Tasks.StoreCountAsync(cancellationToken);
            int wanted = _spec.ParameterStores > 0 ? _spec.ParameterStores : Math.Max(1, stores);
            _waitingFor = stores >= wanted ? "" : $"{wanted} ps tasks (there are {stores})";
            ShowWaiting();
            if (stores < wanted) return false;
            try
            {
                plan = await _context.Planner.PlanAsync(_spec, wanted, cancellationToken);
                _context.Planner.RequireModels(plan);
            }
            catch (Exception e) when (e is ArgumentException or DataFormatException or NotSupportedException)
            {
                return await EndAsync(JobState.Failed, e.Message, cancellationToken);
            }

            if (await _context.Records.PlanAsync(_job.Id, _owner, plan, TrainingPlanner.Placements(plan)) != TrainingAnswer.Done) return false;
            long clocks = plan.Schedule().TotalClocks;
            TrainingLog.Planned(_context.Logger, _job.Id, plan.Parameters, plan.Stores, clocks, _spec.Lanes);
        }

        _plan = plan;
        _supervisor = new JobSupervisor(Options(plan), TokenOf(_owner), () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        _actions = new SupervisorActions(_job.Id, _owner, plan, _supervisor, _stores, _context);
        return false;
    }

    private SupervisorOptions Options(TrainingPlan plan) => new()
    {
        Job = _job.Id,
        Lanes = _spec.Lanes,
        Tasks = plan.Stores,
        TotalClocks = plan.Schedule().TotalClocks,
        Sizing = new SegmentSizing { Target = _context.Options.Value.SegmentDuration },
        LaneGrace = _context.Options.Value.LaneGrace,
    };

    private async Task<bool> EndAsync(JobState state, string error, CancellationToken cancellationToken)
    {
        await WriteFiguresAsync();
        TransitionAnswer answer = await _context.Jobs.MoveAsync(_job.Id, _owner, JobState.Running, state, error);
        if (answer == TransitionAnswer.Fenced) return true;
        if (answer == TransitionAnswer.Done)
        {
            string text = state.ToText();
            JobLog.Ended(_context.Logger, _job.Id, text, error);
            _context.Metrics.Ended(_job.Kind, text);
        }

        return await CleanUpAsync(cancellationToken);
    }

    private async Task<bool> CleanUpAsync(CancellationToken cancellationToken)
    {
        await _context.CleanUp.RunAsync(_job.Id, cancellationToken);
        return true;
    }

    private async Task RecordAsync(CancellationToken cancellationToken)
    {
        if (_recordedAt is { } at && _context.Time.GetElapsedTime(at) < RecordPeriod) return;
        _recordedAt = _context.Time.GetTimestamp();
        await WriteFiguresAsync();
        if (_spec.Data is not { } data || (_prolongedAt is { } prolonged && _context.Time.GetElapsedTime(prolonged) < DataPeriod)) return;
        _prolongedAt = _context.Time.GetTimestamp();
        await _context.Planner.ProlongAsync(data, cancellationToken);
    }

    private async Task WriteFiguresAsync()
    {
        IReadOnlyCollection<KeyValuePair<string, long>> observed = _figures.TakeObserved();
        if (observed.Count > 0 && await _context.Records.ObserveAsync(_job.Id, _owner, observed) == TrainingAnswer.Fenced)
            throw new JobMovedException("fenced");
    }

    private string WaitingFor(ModelPlacement? placement, IReadOnlyList<RegisteredTask> workers)
    {
        if (_stores.Missing.Any())
            return string.Join(", ", _stores.Missing.Select(task => string.Create(CultureInfo.InvariantCulture, $"/job:ps/task:{task}")));
        if (_actions!.WaitingFor.Length > 0) return _actions.WaitingFor;
        return placement is null ? ModelPlacement.Missing(_spec.Model, workers) : "";
    }

    private void Show(TrainingRecord record)
    {
        _feed.Publish(new JobProgress(_figures.Clock, _figures.StepsPerSecond, record.Counters.Segments, 0, _waitingFor)
        {
            Training = TrainingFigures.Describe(record, _figures),
        });
    }

    private void ShowWaiting() => _feed.Publish(new JobProgress(0, 0, 0, 0, _waitingFor));

    private async Task WaitAsync(TimeSpan turn, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(turn);
        try
        {
            await _signals.Reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time for the next turn.
        }
    }

    private static CoordinatorToken TokenOf(string lease)
    {
        Generation token = Generation.Parse(lease);
        return new CoordinatorToken(token.Counter, token.Random);
    }
}
