using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Commits;

/// <summary>Opens segments on the ps tasks, ends them early where somebody waits, and publishes their items;
/// and publishes lanes again that stand still.</summary>
internal sealed class SegmentPublisher(SupervisorOptions options, SegmentLength length)
{
    // A segment that takes so many times what it should was sized by a rate that is no more.
    private const int Overdue = 2;

    private readonly LaneWatch _watch = new(options.Lanes, options.LaneGrace);
    private Generation _generation;
    private Segment _planned;
    private Published? _published;

    /// <summary>Adds what moves the open segment on.</summary>
    /// <returns>False when the tasks' segments do not follow one another, as two coordinators at once may leave them: only a new generation helps.</returns>
    public bool Decide(
        Generation generation, long committed, ShardReport[] reports, ClusterView view, List<SupervisorCommand> commands, TimeSpan now)
    {
        if (_generation != generation)
        {
            (_generation, _planned, _published) = (generation, default, null);
            length.Restart();
        }

        var open = reports.MaxBy(report => (report.Segment.From, report.Segment.To))!.Segment;
        if (reports.Any(report => report.Segment.From != open.From && report.Segment.To != open.From))
            return false;
        var openEverywhere = reports.All(report => report.Segment == open);
        var target = openEverywhere ? TargetOf(open, reports, view, now) : open;
        for (var task = 0; task < reports.Length; task++)
        {
            var snapshot = reports[task].SnapshotClock;
            if (reports[task].Segment != target || (snapshot >= 0 && snapshot <= committed))
                commands.Add(new SupervisorCommand.Advance(task, generation, committed, target));
        }

        if (openEverywhere && target == open && !open.IsEmpty)
            Publish(open, reports, view, commands, now);
        return true;
    }

    /// <summary>A worker could not go on with a lane and has ended its item.</summary>
    public void GivenUp(int lane) => _watch.GiveUp(lane);

    private Segment TargetOf(Segment open, ShardReport[] reports, ClusterView view, TimeSpan now)
    {
        if (reports.All(report => report.IsCopied)) return Plan(open, reports, view);
        return IsToEnd(open, view, now) ? SegmentCut.Of(open, reports, length.Step) : open;
    }

    /// <summary>Whether somebody waits for the end of the open segment, or it takes much longer than it should.</summary>
    private bool IsToEnd(Segment open, ClusterView view, TimeSpan now)
    {
        if (view.IsEnding) return true;
        if (_published is not { } published || published.From != open.From) return false;
        published.Observe(Useful(view.WorkerSlots), view.Rivals);
        return published.SomebodyWaits || now - published.At > Overdue * published.Target;
    }

    private int Useful(int slots) => Math.Clamp(slots, 1, options.Lanes);

    private void Watch(ShardReport[] reports, TimeSpan now)
    {
        var slowest = reports.Min(report => report.LaneClocks.Min());
        for (var lane = 0; lane < options.Lanes; lane++)
        {
            var clock = reports.Min(report => report.LaneClocks[lane]);
            _watch.Observe(lane, clock, now);
            if (clock - slowest > options.Staleness)
                _watch.Excuse(lane, now);
        }
    }

    /// <summary>The segment after one that is done; the same one each time it is asked for.</summary>
    private Segment Plan(Segment done, ShardReport[] reports, ClusterView view)
    {
        if (done.To == options.TotalClocks || done.To >= view.ClockLimit)
            return done;
        if (_planned.From == done.To && _planned.To > done.To)
            return _planned;
        _planned = length.Next(done, reports, view.IsShared, options.TotalClocks);
        return _planned;
    }

    private void Publish(Segment segment, ShardReport[] reports, ClusterView view, List<SupervisorCommand> commands, TimeSpan now)
    {
        LaneSet lanes;
        if (_published?.From != segment.From)
        {
            _published = new Published(segment.From, now, length.Target(view.IsShared), Useful(view.WorkerSlots), view.Rivals);
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
        var shares = LaneDealing.Deal(lanes, Math.Max(1, view.WorkerSlots));
        commands.Add(new SupervisorCommand.Publish([.. shares.Select(share => new SegmentItem(_generation, segment, share))]));
    }

    /// <summary>A segment whose items are out, and for whom they were made.</summary>
    private sealed class Published(long from, TimeSpan at, TimeSpan target, int slots, int rivals)
    {
        private int _slots = slots;
        private int _rivals = rivals;

        public long From => from;

        public TimeSpan At => at;

        public TimeSpan Target => target;

        /// <summary>A worker that could take lanes has none, or another job wants its share.</summary>
        public bool SomebodyWaits { get; private set; }

        public void Observe(int slots, int rivals)
        {
            SomebodyWaits |= slots > _slots || rivals > _rivals;
            (_slots, _rivals) = (Math.Min(_slots, slots), Math.Min(_rivals, rivals));
        }
    }
}
