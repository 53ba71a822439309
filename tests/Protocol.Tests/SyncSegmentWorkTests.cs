using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Cluster.Protocol.Workers;

namespace Cluster.Protocol.Tests;

public sealed class SyncSegmentWorkTests
{
    private static readonly Generation First = new(1, 11);

    private static SyncSegmentWork Start(LaneBlock lanes) => new(
        new BlockTree(8), new SegmentItem(First, new Segment(0, 1000), LaneSet.Of(lanes)), new LabelledBuffers([0, 2, 5]));

    private static bool Receive(SyncSegmentWork work, int task, long version, Generation? generation = null, long end = 0)
    {
        var label = new SliceLabel(generation ?? First, version);
        if (!work.TryReceive(task, label, out var target))
            return false;
        target.Span.Fill(version);
        work.Received(task, label, [], end);
        return true;
    }

    private static WorkAction Ready(SyncSegmentWork work)
    {
        var action = work.Next();
        while (action.Kind == WorkActionKind.Request)
            action = work.Next();
        return action;
    }

    [Fact]
    public void Next_LabelsDiffer_AsksForTheVersionThatAllHave()
    {
        var work = Start(new LaneBlock(0, 8));
        Ready(work);

        Receive(work, 0, 8);
        Receive(work, 1, 7);

        Assert.Equal(new WorkAction(WorkActionKind.Request, 0, 7), work.Next());
        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);
        Receive(work, 0, 7);
        Assert.Equal(new WorkAction(WorkActionKind.Compute, Clock: 7, Block: new LaneBlock(0, 8)), work.Next());
        Assert.Equal([7f, 7f, 7f, 7f, 7f], work.Parameters.ToArray());
    }

    /// <summary>A segment that ends earlier is done where all ps tasks say so; of two ends the larger counts, since that is the one that both get.</summary>
    [Fact]
    public void Received_EarlierEndAtAllStores_IsWhereTheItemIsDone()
    {
        var work = Start(new LaneBlock(0, 8));
        Ready(work);

        Receive(work, 0, 7, end: 7);
        Receive(work, 1, 7, end: 8);
        Assert.Equal(new WorkAction(WorkActionKind.Compute, Clock: 7, Block: new LaneBlock(0, 8)), work.Next());
        work.Computed(new LaneBlock(0, 8));
        work.Answered(0, new LaneBlock(0, 8), 7, new PushAnswer(PushOutcome.AtLimit, 7));
        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);
        work.Answered(1, new LaneBlock(0, 8), 7, new PushAnswer(PushOutcome.AtLimit, 7));

        Assert.Equal(WorkActionKind.Done, work.Next().Kind);
        Assert.Equal(7, work.End);
    }

    /// <summary>What was served before the item's segment was open names the end of the one before.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Received_EndOutsideTheItem_IsOfAnotherSegment(long end)
    {
        var work = Start(new LaneBlock(0, 8));
        Ready(work);

        Receive(work, 0, 0, end: end);
        Receive(work, 1, 0, end: end);

        Assert.Equal(WorkActionKind.Compute, work.Next().Kind);
        Assert.Equal(1000, work.End);
    }

    /// <summary>A ps task that has let a version go sends a newer one: who lags then asks the others, which may have answered before they had it.</summary>
    [Fact]
    public void Next_VersionAskedForIsGone_AsksTheOthersForTheNewest()
    {
        var work = Start(new LaneBlock(0, 8));
        Ready(work);
        Receive(work, 0, 8);
        Receive(work, 1, 7);
        Assert.Equal(new WorkAction(WorkActionKind.Request, 0, 7), work.Next());

        Assert.False(Receive(work, 0, 8));

        Assert.Equal(new WorkAction(WorkActionKind.Request, 1, -1), work.Next());
        Assert.Equal(WorkActionKind.Wait, work.Next().Kind);
        Receive(work, 1, 8);
        Assert.Equal(new WorkAction(WorkActionKind.Compute, Clock: 8, Block: new LaneBlock(0, 8)), work.Next());
    }

    [Fact]
    public void Resend_NothingNewIsHere_AsksForTheNewest()
    {
        var work = Start(new LaneBlock(0, 8));
        Ready(work);
        Receive(work, 0, 8);
        Receive(work, 1, 7);
        Ready(work);

        work.Resend(1);

        Assert.Equal(new WorkAction(WorkActionKind.Request, 1, -1), work.Next());
    }

    [Fact]
    public void TryReceive_WhileComputing_LeavesTheParametersAlone()
    {
        var work = Start(new LaneBlock(0, 8));
        Receive(work, 0, 0);
        Receive(work, 1, 0);
        Ready(work);

        Assert.False(Receive(work, 0, 2));
        Assert.True(Receive(work, 1, 1));
        Assert.False(Receive(work, 1, 3, new Generation(2, 1)));

        Assert.Equal([0f, 0f, 0f, 0f, 0f], work.Parameters.ToArray());
        work.Computed(new LaneBlock(0, 8));
        Assert.Equal(new WorkAction(WorkActionKind.Request, 0, 1), work.Next());
    }

    [Fact]
    public void Steal_HintForThisStep_IsAdopted()
    {
        var work = Start(new LaneBlock(0, 2));
        Receive(work, 0, 0);
        Receive(work, 1, 0);
        work.Computed(Ready(work).Block);

        work.Steal(new StealHint(1, First, 0, new LaneBlock(4, 4)));
        var stolen = Ready(work);
        work.Computed(stolen.Block);

        Assert.Equal(new LaneBlock(4, 4), stolen.Block);
        Assert.Equal(6, work.Lanes.Count);
        Assert.Equal(WorkActionKind.Wait, Ready(work).Kind);
    }

    [Fact]
    public void Answered_DisplacedByTaskZero_BecomesHelperThatAsksForTheNextVersion()
    {
        var work = Start(new LaneBlock(0, 2));
        Receive(work, 0, 0);
        Receive(work, 1, 0);
        work.Computed(Ready(work).Block);
        var displaced = new PushAnswer(PushOutcome.Duplicate, 0, Displaced: true);

        work.Answered(1, new LaneBlock(0, 2), 0, displaced);
        Assert.Equal(2, work.Lanes.Count);
        work.Answered(0, new LaneBlock(0, 2), 0, displaced);

        Assert.True(work.Lanes.IsEmpty);
        Assert.Equal(new WorkAction(WorkActionKind.Request, 0, 1), work.Next());
        Assert.Equal(new WorkAction(WorkActionKind.Request, 1, 1), work.Next());
    }

    [Fact]
    public void Next_GenerationOver_GivesUp()
    {
        var work = Start(new LaneBlock(0, 2));

        work.CurrentGeneration(First);
        Assert.NotEqual(WorkActionKind.GiveUp, work.Next().Kind);
        work.CurrentGeneration(new Generation(1, 12));

        Assert.Equal(WorkActionKind.GiveUp, work.Next().Kind);
    }

    [Fact]
    public void Next_SteadyState_AllocatesNothing()
    {
        var work = Start(new LaneBlock(0, 3));
        long version = 0;

        void Step()
        {
            Receive(work, 0, version);
            Receive(work, 1, version++);
            for (var action = work.Next(); action.Kind != WorkActionKind.Wait; action = work.Next())
            {
                if (action.Kind == WorkActionKind.Compute)
                    work.Computed(action.Block);
            }
        }

        for (var i = 0; i < 300; i++)
            Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 300; i++)
            Step();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(600, version);
    }
}
