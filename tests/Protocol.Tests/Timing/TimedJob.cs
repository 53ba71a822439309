using Cluster.Compute.Optimizers;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Tests.Timing;

/// <summary>A job in simulated time: the real supervisor and ps tasks, one worker that takes a fixed time for a step,
/// and a store whose commits take a while.</summary>
internal sealed class TimedJob
{
    private const int Lanes = 2;

    // How often the coordinator looks.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);
    private static readonly Generation Only = new(1, 7);
    private static readonly CoordinatorToken Token = new(1, 1);

    private readonly TimeSpan _step;
    private readonly TimeSpan _pause;
    private readonly Func<TimeSpan> _latency;
    private readonly SyncShard[] _tasks;
    private readonly JobSupervisor _supervisor;
    private readonly List<long> _lengths = [];
    private CommitRecord _record;
    private FlipRequest? _flip;
    private TimeSpan _durableAt;
    private TimeSpan _now;
    private TimeSpan _nextStep = TimeSpan.MaxValue;

    /// <param name="step">Time for a clock.</param>
    /// <param name="pause">Time from an item's publication to its first step.</param>
    /// <param name="latency">How long the next commit takes.</param>
    /// <param name="tasks">Ps tasks.</param>
    public TimedJob(TimeSpan step, TimeSpan pause, Func<TimeSpan> latency, int tasks = 2)
    {
        (_step, _pause, _latency) = (step, pause, latency);
        _tasks = [.. Enumerable.Range(0, tasks).Select(_ => Open())];
        _record = new CommitRecord(Only, [.. Enumerable.Range(0, tasks).Select(task => (ulong)task)], null);
        _supervisor = new JobSupervisor(
            new SupervisorOptions { Job = "job-1", Lanes = Lanes, Tasks = tasks, TotalClocks = long.MaxValue, LaneGrace = TimeSpan.FromDays(9) },
            Token, () => 1);
    }

    /// <summary>Clocks of each segment that was published.</summary>
    public IReadOnlyList<long> Lengths => _lengths;

    public long Clock => _tasks[0].Clock;

    public int Commits { get; private set; }

    public TimeSpan Now => _now;

    /// <summary>Device slots that the job may use, and others that want them.</summary>
    public int Slots { get; set; } = 1;

    public int Rivals { get; set; }

    public bool IsEnding { get; set; }

    /// <summary>The segment that is open at the first ps task.</summary>
    public Segment Segment => _tasks[0].Segment;

    public void RunFor(TimeSpan span)
    {
        var end = _now + span;
        for (var turn = _now + Turn; _now < end; turn += Turn)
        {
            for (; _nextStep < turn && Clock < Segment.To; _nextStep += _step)
            {
                _now = _nextStep;
                foreach (var task in _tasks)
                    Push(task);
            }

            _now = turn;
            Decide();
        }
    }

    private static SyncShard Open()
    {
        var task = new SyncShard(new ShardOptions { Lanes = Lanes, Length = 1, Optimizer = new Sgd(1), Streams = 1 });
        task.BeginLoad(Only);
        task.LoadingParameters.Clear();
        task.CompleteLoad(Only, 0, 0);
        return task;
    }

    private void Push(SyncShard task)
    {
        var gradient = task.Vectors.Rent();
        gradient.Values.Clear();
        Assert.Equal(PushOutcome.Admitted, task.Push(new PushHeader(Only, new LaneBlock(0, Lanes), task.Version, 1, 1), gradient, _now).Outcome);
    }

    private void Decide()
    {
        foreach (var task in _tasks)
            task.Snapshot.MarkWritten(task.Snapshot.Clock);
        if (_flip is { } flip && _now >= _durableAt)
        {
            _record = _record with { Manifest = flip.Next };
            _flip = null;
            Commits++;
        }

        var view = new ClusterView
        {
            Record = _record,
            Holder = Token,
            RedisRun = 1,
            WorkerSlots = Slots,
            Rivals = Rivals,
            IsEnding = IsEnding,
            ClockLimit = IsEnding ? 1 : long.MaxValue,
            Tasks = [.. _tasks.Select((task, index) => new ShardView((ulong)index, task.Report((ulong)index)))],
        };
        foreach (var command in _supervisor.Decide(view, _now))
            Do(command);
    }

    private void Do(SupervisorCommand command)
    {
        switch (command)
        {
            case SupervisorCommand.Advance advance:
                _tasks[advance.Task].Advance(advance.Generation, advance.Committed, advance.Segment, _now);
                break;
            case SupervisorCommand.Flip flip when _flip is null:
                (_flip, _durableAt) = (flip.Request, _now + _latency());
                break;
            case SupervisorCommand.ConfirmDurable confirm:
                _supervisor.Durable(confirm.Manifest, 1);
                break;
            case SupervisorCommand.DeleteSnapshots delete:
                _supervisor.Deleted(delete.Manifest);
                break;
            case SupervisorCommand.Publish publish:
                _lengths.Add(publish.Items[0].Segment.To - publish.Items[0].Segment.From);
                _nextStep = _now + _pause + _step;
                break;
        }
    }
}
