using Cluster.Protocol.Lanes;
using Cluster.Protocol.Parameters;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Commits;

/// <summary>Opens segments on the ps tasks and publishes their items; and publishes lanes again that stand still.</summary>
internal sealed class SegmentPublisher(SupervisorOptions options)
{
    private readonly LaneWatch _watch = new(options.Lanes, options.LaneGrace);
    private Generation _generation;
    private Segment _planned;
    private Segment? _published;
    private TimeSpan _publishedAt;
    private TimeSpan? _reachedAt;

    /// <summary>Adds what moves the open segment on.</summary>
    /// <returns>False when the tasks' segments do not follow one another, as two coordinators at once may leave them: only a new generation helps.</returns>
    public bool Decide(
        Generation generation, long committed, TaskReport[] reports, ClusterView view, List<SupervisorCommand> commands, TimeSpan now)
    {
        if (_generation != generation)
            (_generation, _planned, _published, _reachedAt) = (generation, default, null, null);
        Segment open = reports.MaxBy(report => report.Segment.To)!.Segment;
        if (reports.Any(report => report.Segment != open && report.Segment.To != open.From))
            return false;
        bool openEverywhere = reports.All(report => report.Segment == open);
        // What is measured is the work: copies may wait for the commit before, which no shorter segment would hasten.
        if (_published == open && reports.All(report => report.LaneClocks.Min() >= open.To)) _reachedAt ??= now;
        Segment target = openEverywhere && reports.All(report => report.IsCopied) ? Plan(open, view.ClockLimit, now) : open;
        for (int task = 0; task < reports.Length; task++)
        {
            long snapshot = reports[task].SnapshotClock;
            if (reports[task].Segment != target || (snapshot >= 0 && snapshot <= committed))
                commands.Add(new SupervisorCommand.Advance(task, generation, committed, target));
        }

        if (openEverywhere && target == open && open.To > open.From)
            Publish(open, reports, view.WorkerSlots, commands, now);
        return true;
    }

    /// <summary>A worker could not go on with a lane and has ended its item.</summary>
    public void GivenUp(int lane) => _watch.GiveUp(lane);

    private void Watch(TaskReport[] reports, TimeSpan now)
    {
        long slowest = reports.Min(report => report.LaneClocks.Min());
        for (int lane = 0; lane < options.Lanes; lane++)
        {
            long clock = reports.Min(report => report.LaneClocks[lane]);
            _watch.Observe(lane, clock, now);
            if (clock - slowest > options.Staleness)
                _watch.Excuse(lane, now);
        }
    }

    /// <summary>The segment after one that is done; the same one each time it is asked for.</summary>
    private Segment Plan(Segment done, long limit, TimeSpan now)
    {
        if (done.To == options.TotalClocks || done.To >= limit)
            return done;
        if (_planned.From == done.To && _planned.To > done.To)
            return _planned;
        TimeSpan took = _published == done ? (_reachedAt ?? now) - _publishedAt : default;
        _planned = options.Sizing.Next(done, took, options.TotalClocks);
        return _planned;
    }

    private void Publish(
        Segment segment, TaskReport[] reports, int slots, List<SupervisorCommand> commands, TimeSpan now)
    {
        LaneSet lanes;
        if (_published != segment)
        {
            (_published, _publishedAt, _reachedAt) = (segment, now, null);
            _watch.Restart(now);
            lanes = LaneSet.Of(new LaneBlock(0, options.Lanes));
        }
        else
        {
            Watch(reports, now);
            lanes = _watch.TakeStalled(segment.To, now);
        }

        if (lanes.IsEmpty || reports.All(report => report.IsCopied))
            return;
        IReadOnlyList<LaneSet> shares = LaneDealing.Deal(lanes, Math.Max(1, slots));
        commands.Add(new SupervisorCommand.Publish([.. shares.Select(share => new SegmentItem(_generation, segment, share))]));
    }
}
