using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

namespace Cluster.Protocol.Tests;

/// <summary>A worker with a bound of staleness, against ps tasks that the test plays.</summary>
public sealed class AsyncSegmentWorkTests
{
    private static readonly Generation First = new(1, 11);
    private static readonly SliceLabel Label = new(First, 0);

    private static AsyncSegmentWork Begin(int tasks, int? staleness, params int[] held)
    {
        var lanes = default(LaneSet);
        foreach (var lane in held)
            lanes.Add(lane);
        var item = new SegmentItem(First, new Segment(0, 9), lanes);
        return new AsyncSegmentWork(item, 3, [.. Enumerable.Range(0, tasks + 1)], new float[tasks], staleness);
    }

    private static void Receive(AsyncSegmentWork work, int task, params long[] clocks)
    {
        Assert.True(work.TryReceive(task, Label, out _));
        work.Received(task, Label, clocks, end: 0);
    }

    private static WorkAction Compute(long clock, int lane) => new(WorkActionKind.Compute, Clock: clock, Block: new LaneBlock(lane, 1));

    private static void Push(AsyncSegmentWork work, int task, int lane, PushOutcome outcome, long expected, bool displaced = false) =>
        work.Answered(task, new LaneBlock(lane, 1), clock: 0, new PushAnswer(outcome, expected, displaced));

    [Fact]
    public void Next_LaneTooFarAhead_WaitsForTheClockThatItNeedsAndGoesOnWithIt()
    {
        var work = Begin(tasks: 1, staleness: 2, held: 1);
        Assert.Equal(new WorkAction(WorkActionKind.Request, 0), work.Next());
        Receive(work, 0, 1, 4, 3);

        Assert.Equal(new WorkAction(WorkActionKind.Request, 0, Clock: 2), work.Next());
        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);
        Receive(work, 0, 2, 4, 3);

        Assert.Equal(Compute(4, 1), work.Next());
        Assert.Equal(2, work.Seen(0));
    }

    [Fact]
    public void Next_OneOfTwoStoresBehind_AsksThatOneAlone()
    {
        var work = Begin(tasks: 2, staleness: 0, held: 0);
        work.Next();
        work.Next();
        Receive(work, 0, 1, 1, 1);
        Receive(work, 1, 1, 0, 1);

        Assert.Equal(new WorkAction(WorkActionKind.Request, 1, Clock: 1), work.Next());
        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);
    }

    [Fact]
    public void Next_HoldsAllLanes_TakesTheSlowestAndNeverWaitsForItself()
    {
        var work = Begin(tasks: 1, staleness: 0, held: [0, 1, 2]);
        work.Next();
        long[] clocks = [0, 0, 0];
        Receive(work, 0, clocks);
        for (var step = 0; step < 27; step++)
        {
            var action = work.Next();
            Assert.Equal(Compute(step / 3, step % 3), action);
            work.Computed(default);
            clocks[step % 3]++;
            Receive(work, 0, clocks);
            Push(work, 0, step % 3, PushOutcome.Admitted, clocks[step % 3]);
        }

        Assert.Equal(WorkActionKind.Done, work.Next().Kind);
    }

    [Fact]
    public void Steal_WhileItWaits_ComputesTheAdoptedLaneFirst()
    {
        var work = Begin(tasks: 1, staleness: 1, held: 1);
        work.Next();
        Receive(work, 0, 0, 2, 2);
        Assert.Equal(WorkActionKind.Request, work.Next().Kind);

        work.Steal(new StealHint(7, First, 0, new LaneBlock(0, 1)));

        Assert.Equal(Compute(0, 0), work.Next());
        work.Steal(new StealHint(7, new Generation(1, 12), 0, new LaneBlock(2, 1)));
        work.Steal(new StealHint(7, First, 0, new LaneBlock(3, 1)));
        Assert.False(work.Lanes.Contains(2) || work.Lanes.Contains(3));
    }

    [Fact]
    public void Answered_Stale_ComputesTheBatchAgainOnNewerParameters()
    {
        var work = Begin(tasks: 1, staleness: 1, held: 0);
        work.Next();
        Receive(work, 0, 0, 0, 0);
        Assert.Equal(Compute(0, 0), work.Next());
        work.Computed(default);

        Push(work, 0, 0, PushOutcome.Stale, 0);

        Assert.Equal(new WorkAction(WorkActionKind.Request, 0), work.Next());
        Receive(work, 0, 0, 1, 1);
        Assert.Equal(Compute(0, 0), work.Next());
    }

    [Fact]
    public void Seen_NewerSliceAfterTheComputation_StaysThatOfTheParametersReadByIt()
    {
        var work = Begin(tasks: 1, staleness: 3, held: 0);
        work.Next();
        Receive(work, 0, 0, 1, 1);
        work.Next();
        Assert.False(work.TryReceive(0, Label, out _));
        work.Computed(default);

        Receive(work, 0, 0, 2, 2);

        Assert.Equal(0, work.Seen(0));
    }

    [Fact]
    public void Answered_DisplacedWhereItWorkedForTheOtherStoreOnly_KeepsTheLane()
    {
        var work = Begin(tasks: 2, staleness: null, held: 0);
        work.Next();
        work.Next();
        Receive(work, 0, 1, 0, 0);
        Receive(work, 1, 0, 0, 0);
        Assert.Equal(Compute(0, 0), work.Next());
        work.Computed(default);

        Push(work, 0, 0, PushOutcome.Duplicate, 1, displaced: true);
        Push(work, 1, 0, PushOutcome.Admitted, 1);

        Assert.Equal(Compute(1, 0), work.Next());
        work.Computed(default);
        Push(work, 0, 0, PushOutcome.Duplicate, 2, displaced: true);
        Assert.True(work.Lanes.IsEmpty);
    }

    /// <summary>The segment ends where all ps tasks say so; one that still has the old end takes more.</summary>
    [Fact]
    public void Next_AtTheLimitOfAllStores_IsDone()
    {
        var work = Begin(tasks: 2, staleness: null, held: 0);
        work.Next();
        work.Next();
        Receive(work, 0, 4, 4, 4);
        Receive(work, 1, 4, 4, 4);
        Assert.Equal(Compute(4, 0), work.Next());
        work.Computed(default);

        Push(work, 0, 0, PushOutcome.AtLimit, 4);
        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);
        Push(work, 1, 0, PushOutcome.AtLimit, 4);

        Assert.Equal(WorkActionKind.Done, work.Next().Kind);
        Assert.Equal(4, work.End);
    }

    [Fact]
    public void Received_EarlierEnd_IsWhereTheItemIsDone()
    {
        var work = Begin(tasks: 1, staleness: null, held: 0);
        work.Next();
        Assert.True(work.TryReceive(0, Label, out _));

        work.Received(0, Label, [5, 6, 7], end: 5);

        Assert.Equal(WorkActionKind.Done, work.Next().Kind);
    }

    [Fact]
    public void Next_SliceUnderWay_WaitsForTheRestOfIt()
    {
        var work = Begin(tasks: 1, staleness: null, held: 0);
        work.Next();
        Receive(work, 0, 0, 0, 0);
        Assert.True(work.TryReceive(0, Label, out _));

        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);

        work.Received(0, Label, [0, 0, 0], end: 0);
        Assert.Equal(Compute(0, 0), work.Next());
    }
}
