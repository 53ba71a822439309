using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Commits;

/// <summary>The coordinator's decisions for one training job: recovery, segments and commits.</summary>
/// <remarks>
/// Each decision is made from what the store and the ps tasks say now, never from what was sent before. So a
/// coordinator that was restarted continues where the clocks are, an unknown answer is resolved by reading back, and
/// commands may be lost, late or repeated. What it remembers only saves work.
/// </remarks>
public sealed class JobSupervisor
{
    private readonly SupervisorOptions _options;
    private readonly CoordinatorToken _token;
    private readonly Func<ulong> _random;
    private readonly SegmentLength _length;
    private readonly SegmentPublisher _segments;
    private ManifestId? _durable;
    private ManifestId? _deleted;
    private ulong? _redisRun;
    private long? _lostSnapshots;

    /// <param name="options">The job.</param>
    /// <param name="token">This coordinator's lease.</param>
    /// <param name="random">Random parts of generations; not from a fixed seed.</param>
    public JobSupervisor(SupervisorOptions options, CoordinatorToken token, Func<ulong> random)
    {
        _options = options;
        _token = token;
        _random = random;
        _length = new SegmentLength(options.Sizing);
        _segments = new SegmentPublisher(options, _length);
    }

    /// <summary>How long the commit took that the last decision found on disk; null where it found none that is new.</summary>
    public TimeSpan? CommitTime { get; private set; }

    /// <summary>What to do now.</summary>
    /// <exception cref="InvalidOperationException">Ps tasks counted different numbers of examples up to one clock.</exception>
    public IReadOnlyList<SupervisorCommand> Decide(ClusterView view, TimeSpan now)
    {
        CommitTime = null;
        if (view.Holder != _token)
            return [new SupervisorCommand.StepDown()];
        if (_redisRun != view.RedisRun)
            _durable = null;
        _redisRun = view.RedisRun;
        var commands = new List<SupervisorCommand>();
        if (!ConfirmManifest(view.Record, commands) && view.Record.End is null)
            DecideOpen(view, commands, now);
        return commands;
    }

    /// <summary>The answer to a flip; not called when the answer is unknown.</summary>
    public void Flipped(FlipRequest request, FlipResult result)
    {
        if (result == FlipResult.SnapshotMissing)
            _lostSnapshots = request.Next.Clock;
    }

    /// <summary>The store has this manifest on disk.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="storeRun">The run of the store that said so.</param>
    public void Durable(ManifestId manifest, ulong storeRun)
    {
        if (_redisRun == storeRun)
            _durable = manifest;
    }

    /// <summary>A worker has ended its item because a batch of this lane failed: another gets the lane without a grace.</summary>
    public void GivenUp(int lane)
    {
        // A number out of a message.
        if (lane >= 0 && lane < _options.Lanes) _segments.GivenUp(lane);
    }

    /// <summary>The snapshots that expired with this manifest are deleted.</summary>
    public void Deleted(ManifestId manifest) => _deleted = manifest;

    /// <summary>Deals with the committed manifest; true when the job is finished.</summary>
    private bool ConfirmManifest(CommitRecord record, List<SupervisorCommand> commands)
    {
        if (record.Manifest is not { } manifest)
            return false;
        if (_durable != manifest.Id)
        {
            commands.Add(new SupervisorCommand.ConfirmDurable(manifest.Id));
            return false;
        }

        if (manifest.Expired.Count > 0 && _deleted != manifest.Id)
            commands.Add(new SupervisorCommand.DeleteSnapshots(manifest.Id, manifest.Expired));
        if (manifest.Clock < (record.End ?? _options.TotalClocks))
            return false;
        commands.Add(new SupervisorCommand.Finish(manifest));
        return true;
    }

    private void DecideOpen(ClusterView view, List<SupervisorCommand> commands, TimeSpan now)
    {
        var record = view.Record;
        if (NeedsGeneration(view))
        {
            if (view.Tasks.All(task => task.Holder is not null))
                commands.Add(StartGeneration(view));
            return;
        }

        for (var task = 0; task < _options.Tasks; task++)
        {
            if (Report(view.Tasks[task]) is { } report && report.Generation.Counter < record.Generation.Counter)
                commands.Add(new SupervisorCommand.Open(task, record.Generation, record.Manifest));
            else if (Report(view.Tasks[task])?.Divergence is { } divergence)
                commands.Add(new SupervisorCommand.Fail(task, divergence));
        }

        ShardReport[] reports = [.. view.Tasks.Select(Report).OfType<ShardReport>()
            .Where(report => report.Phase == ShardPhase.Serving && report.Generation == record.Generation)];
        if (reports.Length < _options.Tasks)
            return;
        DecideCommit(record, reports, view.Time, commands);
        var committed = _durable is { } durable && durable == record.Manifest?.Id ? durable.Clock : 0;
        if (!_segments.Decide(record.Generation, committed, reports, view, commands, now))
            commands.Add(StartGeneration(view));
        CommitTime = _length.Commits.Durable(committed, now);
        if (reports.All(report => report.SnapshotClock > committed && report.SnapshotClock == reports[0].SnapshotClock))
            _length.Commits.Copied(reports[0].SnapshotClock, now);
    }

    /// <summary>Whether the generation can no longer be finished: it names a process that lost its index, or a task left it or is ahead of it.</summary>
    private bool NeedsGeneration(ClusterView view)
    {
        var record = view.Record;
        if (record.Generation == Generation.None)
            return true;
        for (var task = 0; task < _options.Tasks; task++)
        {
            if (view.Tasks[task].Holder is { } holder && holder != record.Incarnations[task])
                return true;
            if (Report(view.Tasks[task]) is not { } report || report.Generation.Counter < record.Generation.Counter)
                continue;
            if (report.Generation != record.Generation || report.Phase == ShardPhase.Idle)
                return true;
        }

        return false;
    }

    private SupervisorCommand.StartGeneration StartGeneration(ClusterView view)
    {
        // Above what any task has opened, or those that opened a generation which the store has lost would refuse it.
        var counter = view.Tasks.Max(task => task.Report?.Generation.Counter ?? 0);
        counter = Math.Max(counter, view.Record.Generation.Counter) + 1;
        return new SupervisorCommand.StartGeneration(new GenerationRequest(
            _token,
            view.Record.Generation,
            new Generation(counter, _random()),
            [.. view.Tasks.Select(task => task.Holder!.Value)]));
    }

    private void DecideCommit(CommitRecord record, ShardReport[] reports, long time, List<SupervisorCommand> commands)
    {
        var clock = reports[0].SnapshotClock;
        if (clock <= (record.Manifest?.Clock ?? 0) || reports.Any(report => report.SnapshotClock != clock))
            return;
        if (_lostSnapshots == clock)
        {
            for (var task = 0; task < reports.Length; task++)
                commands.Add(new SupervisorCommand.WriteAgain(task, record.Generation, clock));
        }
        else if (reports.All(report => report.SnapshotWritten))
        {
            commands.Add(new SupervisorCommand.Flip(new FlipRequest(_token, record.Manifest?.Id, Manifest(record, reports, time))));
        }

        _lostSnapshots = null;
    }

    private CommitManifest Manifest(CommitRecord record, ShardReport[] reports, long time)
    {
        var examples = reports[0].SnapshotExamples;
        var clock = reports[0].SnapshotClock;
        if (reports.FirstOrDefault(report => report.SnapshotExamples != examples) is { } other)
        {
            throw new InvalidOperationException(
                $"Ps tasks counted {examples} and {other.SnapshotExamples} examples up to clock {clock} of job {_options.Job}.");
        }

        return _options.Checkpoints.Follow(record.Manifest, new CommitManifest
        {
            Generation = record.Generation,
            Clock = clock,
            Examples = examples,
            Snapshots = [.. reports.Select((report, task) =>
                new SnapshotKey(_options.Job, task, record.Generation, report.Incarnation, clock))],
            Previous = [],
            Expired = [],
            Time = time,
        });
    }

    /// <summary>The report, if it is of the process that holds the index.</summary>
    private static ShardReport? Report(ShardView task) => task.Report?.Incarnation == task.Holder ? task.Report : null;
}
