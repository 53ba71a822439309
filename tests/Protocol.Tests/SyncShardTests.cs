using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Tests;

public sealed class SyncShardTests
{
    private static readonly Generation First = new(1, 11);

    private static SyncShard Open(int lanes, long clock = 0, int length = 3)
    {
        var task = new SyncShard(new ShardOptions
        {
            Lanes = lanes,
            Length = length,
            Optimizer = new Sgd(1, GradientScale.Sum),
            Streams = 4,
            Steal = new StealOptions { InitialGrace = TimeSpan.FromSeconds(1) },
        });
        Assert.True(task.BeginLoad(First));
        task.LoadingParameters.Clear();
        Assert.True(task.CompleteLoad(First, clock, 0));
        task.Advance(First, clock, new Segment(clock, clock + 4), TimeSpan.Zero);
        return task;
    }

    private static PushAnswer Push(
        SyncShard task, int first, int count, long clock, float value, ulong worker = 1, Generation? generation = null, long examples = 1)
    {
        var gradient = task.Vectors.Rent();
        gradient.Values.Fill(value);
        var header = new PushHeader(generation ?? First, new LaneBlock(first, count), clock, examples, worker);
        return task.Push(header, gradient, TimeSpan.Zero);
    }

    private static float Value(SyncShard task, long version) =>
        task.TryGetVersion(version, out var parameters) ? parameters.Values[0] : float.NaN;

    [Fact]
    public void Push_DescendantOfHeld_IsDuplicateAndCountsOnce()
    {
        var task = Open(lanes: 4);

        Assert.Equal(PushOutcome.Admitted, Push(task, 0, 2, 0, -1, worker: 1).Outcome);
        var duplicate = Push(task, 1, 1, 0, -8, worker: 2);
        Assert.True(Push(task, 2, 2, 0, -2).Completed);

        Assert.Equal((PushOutcome.Duplicate, true), (duplicate.Outcome, duplicate.Displaced));
        Assert.Equal(3, Value(task, 1));
    }

    [Fact]
    public void Push_AncestorOfHeld_ReplacesIt()
    {
        var task = Open(lanes: 4);

        Push(task, 0, 1, 0, -8);
        Assert.Equal(PushOutcome.Admitted, Push(task, 0, 2, 0, -1).Outcome);
        Push(task, 2, 2, 0, -2);

        Assert.Equal(3, Value(task, 1));
        Assert.Equal(2, task.Vectors.Rented);
    }

    [Fact]
    public void Push_AfterStep_IsDuplicateAndBothVersionsAreServed()
    {
        var task = Open(lanes: 1);

        Push(task, 0, 1, 0, -1);
        Push(task, 0, 1, 1, -1);
        var late = Push(task, 0, 1, 0, -1);

        Assert.Equal((PushOutcome.Duplicate, true), (late.Outcome, late.Deliver));
        Assert.Equal((float.NaN, 1f, 2f, float.NaN), (Value(task, 0), Value(task, 1), Value(task, 2), Value(task, 3)));
        Assert.Equal(PushOutcome.Rewind, Push(task, 0, 1, 3, -1).Outcome);
    }

    [Fact]
    public void Stage_PushOfTheCurrentClock_LetsTheVersionBeforeGo()
    {
        var task = Open(lanes: 2);
        Push(task, 0, 2, 0, -1);
        Push(task, 0, 1, 1, -1);
        task.Stage(First, 0).Release();
        task.Stage(new Generation(2, 1), 1).Release();
        Assert.Equal((0f, 1f), (Value(task, 0), Value(task, 1)));

        task.Stage(First, 1).Release();

        Assert.Equal((float.NaN, 1f), (Value(task, 0), Value(task, 1)));
    }

    [Fact]
    public void Stage_OneLane_TakesTwoVectorsAndTheSnapshotsOne()
    {
        var task = Open(lanes: 1);

        for (long clock = 0; clock < 16; clock++)
        {
            var gradient = task.Stage(First, clock);
            Assert.Equal(task.Snapshot.IsHeld && task.Snapshot.Clock < clock ? 3 : 2, task.Vectors.Rented);
            gradient.Values.Fill(-1);
            task.Push(new PushHeader(First, new LaneBlock(0, 1), clock, 1, 1), gradient, TimeSpan.Zero);
            if (clock % 4 == 3) task.Advance(First, clock - 3, new Segment(clock + 1, clock + 5), TimeSpan.Zero);
        }

        Assert.Equal(16, Value(task, 16));
    }

    [Fact]
    public void Push_AfterTheBoundary_LeavesTheSnapshotAsItWas()
    {
        var task = Open(lanes: 1);
        for (var clock = 0; clock < 4; clock++)
            Push(task, 0, 1, clock, -1);
        task.Advance(First, 0, new Segment(4, 8), TimeSpan.Zero);

        for (var clock = 4; clock < 8; clock++)
            Push(task, 0, 1, clock, -1);

        Assert.Equal(8, Value(task, 8));
        Assert.Equal(4, task.Snapshot.Parameters[0]);
    }

    [Fact]
    public void Push_AbsentLanes_AdvanceWithoutZeros()
    {
        var task = Open(lanes: 3);

        Push(task, 0, 1, 0, 99, examples: 0);
        Push(task, 1, 1, 0, 0f, examples: 2);
        Assert.True(Push(task, 2, 1, 0, 99, examples: 0).Completed);

        Assert.Equal(2, task.Examples);
        Assert.Equal(1, task.Version);
    }

    [Fact]
    public void Push_AtLimit_WaitsUntilSegmentOpens()
    {
        var task = Open(lanes: 1);
        for (var clock = 0; clock < 4; clock++)
            Push(task, 0, 1, clock, -1);

        Assert.Equal(PushOutcome.AtLimit, Push(task, 0, 1, 4, -1).Outcome);
        Assert.Equal((4, 4L), (task.Snapshot.Clock, task.Snapshot.Examples));
        task.Advance(First, 0, new Segment(4, 6), TimeSpan.Zero);
        Assert.Equal(PushOutcome.Admitted, Push(task, 0, 1, 4, -1).Outcome);
        Push(task, 0, 1, 5, -1);

        Assert.Equal(4, task.Snapshot.Clock);
        task.Advance(First, 0, new Segment(6, 8), TimeSpan.Zero);
        Assert.Equal(new Segment(4, 6), task.Segment);
        task.Advance(First, 4, new Segment(6, 8), TimeSpan.Zero);
        Assert.Equal((6, new Segment(6, 8)), (task.Snapshot.Clock, task.Segment));
    }

    /// <summary>The end moves to where it is asked to, but not below what was contributed, and a segment never becomes empty.</summary>
    [Theory]
    [InlineData(0, false, 0, 1)]
    [InlineData(0, false, 3, 3)]
    [InlineData(2, false, 1, 2)]
    [InlineData(2, true, 2, 3)]
    [InlineData(2, true, 4, 4)]
    [InlineData(4, false, 1, 4)]
    [InlineData(2, false, 9, 9)]
    public void Advance_OtherEndOfTheOpenSegment_MovesItAsFarAsItCan(long clock, bool isBegun, long asked, long expected)
    {
        var task = Open(lanes: 2);
        for (long c = 0; c < clock; c++)
            Push(task, 0, 2, c, -1);
        if (isBegun) Push(task, 0, 1, clock, -1);

        task.Advance(First, 0, new Segment(0, asked), TimeSpan.Zero);

        Assert.Equal(new Segment(0, expected), task.Segment);
        Assert.Equal(task.Version == expected, task.Report(1).IsCopied);
    }

    [Fact]
    public void Advance_EarlierEnd_IsTheLimitAndIsCopied()
    {
        var task = Open(lanes: 1);
        Push(task, 0, 1, 0, -1);
        Push(task, 0, 1, 1, -1);

        task.Advance(First, 0, new Segment(0, 2), TimeSpan.Zero);

        Assert.Equal((PushOutcome.AtLimit, 2L), (Push(task, 0, 1, 2, -1) is var answer ? answer.Outcome : default, answer.Expected));
        Assert.Equal((2, 2f), (task.Snapshot.Clock, task.Snapshot.Parameters[0]));
        task.Advance(First, 0, new Segment(2, 9), TimeSpan.Zero);
        Assert.Equal(new Segment(2, 9), task.Segment);
    }

    /// <summary>Another ps task could not end as early: the copy at the early end is of no use, and the next one is made at the later end.</summary>
    [Fact]
    public void Advance_LaterEndAgain_DropsTheCopyAndGoesOn()
    {
        var task = Open(lanes: 1);
        Push(task, 0, 1, 0, -1);
        task.Advance(First, 0, new Segment(0, 1), TimeSpan.Zero);
        Assert.Equal(1, task.Snapshot.Clock);

        task.Advance(First, 0, new Segment(0, 2), TimeSpan.Zero);

        Assert.False(task.Snapshot.IsHeld);
        Push(task, 0, 1, 1, -1);
        Assert.Equal((2, 2f), (task.Snapshot.Clock, task.Snapshot.Parameters[0]));
    }

    /// <summary>The first step took 3 s from when the task could go on; then two more took 1 s each; what the limit held up after that is no work.</summary>
    [Fact]
    public void Report_OpenSegment_MeasuresWorkAndPauseAlone()
    {
        var task = Open(lanes: 1);
        for (var clock = 0; clock < 4; clock++)
            PushAt(clock, second: 3 + clock);
        Assert.Equal(new SegmentPace(3, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)), task.Report(1).Pace);
        task.Advance(First, 0, new Segment(4, 6), TimeSpan.FromSeconds(7));

        PushAt(4, second: 9);
        PushAt(5, second: 9.5);
        PushAt(6, second: 50);
        task.Advance(First, 4, new Segment(4, 6), TimeSpan.FromSeconds(60));

        // It was free to go on with the copy at 6 s, before the segment was opened.
        Assert.Equal(new SegmentPace(1, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(3)), task.Report(1).Pace);
        task.Advance(First, 4, new Segment(6, 8), TimeSpan.FromSeconds(61));
        PushAt(6, second: 62);
        // The commit before was on disk at 60 s: until then nothing could go on.
        Assert.Equal(new SegmentPace(0, TimeSpan.Zero, TimeSpan.FromSeconds(2)), task.Report(1).Pace);

        void PushAt(long clock, double second)
        {
            var gradient = task.Vectors.Rent();
            gradient.Values.Clear();
            task.Push(new PushHeader(First, new LaneBlock(0, 1), clock, 1, 1), gradient, TimeSpan.FromSeconds(second));
        }
    }

    [Fact]
    public void Push_OtherGenerations_AreRefusedByTheirNumber()
    {
        var task = Open(lanes: 1);

        Assert.Equal(PushOutcome.NotReady, Push(task, 0, 1, 0, -1, generation: new Generation(2, 1)).Outcome);
        Assert.Equal(PushOutcome.NotReady, Push(task, 0, 1, 0, -1, generation: new Generation(1, 12)).Outcome);
        Assert.Equal(PushOutcome.Superseded, Push(task, 0, 1, 0, -1, generation: new Generation(0, 11)).Outcome);
        Assert.True(task.BeginLoad(new Generation(2, 1)));
        Assert.False(task.BeginLoad(First));
        Assert.Equal(PushOutcome.Superseded, Push(task, 0, 1, 0, -1).Outcome);
        Assert.Equal(2, task.Count(PushOutcome.NotReady));
    }

    [Theory]
    [InlineData(1, 2, 0, 1)]
    [InlineData(0, 5, 0, 1)]
    [InlineData(-1, 1, 0, 1)]
    [InlineData(0, 1, -1, 1)]
    [InlineData(0, 1, 0, -1)]
    [InlineData(int.MaxValue, int.MaxValue, 0, 1)]
    public void Push_NoBlockOrNegative_IsMalformed(int first, int count, long clock, long examples) =>
        Assert.Equal(PushOutcome.Malformed, Push(Open(lanes: 4), first, count, clock, 0, examples: examples).Outcome);

    [Fact]
    public void Push_NotFinite_NamesLanesClockAndOffset()
    {
        var task = Open(lanes: 4, length: 20);
        Push(task, 0, 2, 0, 1);
        var gradient = task.Vectors.Rent();
        gradient.Values.Clear();
        gradient.Values[13] = float.NaN;

        var answer = task.Push(new PushHeader(First, new LaneBlock(2, 1), 0, 1, 1), gradient, TimeSpan.Zero);

        Assert.Equal(PushOutcome.Diverged, answer.Outcome);
        Assert.Equal(new Divergence(new LaneBlock(2, 1), 0, 13, InGradient: true), task.Divergence);
        Assert.Equal(PushOutcome.Diverged, Push(task, 3, 1, 0, 1).Outcome);
    }

    [Fact]
    public void Push_UpdateOverflows_NamesClockAndOffset()
    {
        var task = Open(lanes: 1);
        Push(task, 0, 1, 0, -3e38f);

        var answer = Push(task, 0, 1, 1, -3e38f);

        Assert.False(answer.Completed);
        Assert.Equal(new Divergence(new LaneBlock(0, 1), 1, 0, InGradient: false), task.Divergence);
        Assert.Equal(-1, task.Snapshot.Clock);
    }

    [Fact]
    public void CollectHints_GraceOver_AsksOneWaiterAndAfterDoubledGraceAnother()
    {
        var task = Open(lanes: 4);
        Push(task, 0, 1, 0, 1, worker: 5);
        Push(task, 1, 1, 0, 1, worker: 6);
        var hints = new StealHint[8];

        Assert.Equal(0, task.CollectHints(TimeSpan.FromSeconds(0.9), hints));
        Assert.Equal(2, task.CollectHints(TimeSpan.FromSeconds(1), hints));
        Assert.Equal([new StealHint(5, First, 0, new LaneBlock(2, 1)), new StealHint(6, First, 0, new LaneBlock(3, 1))], hints[..2]);
        Assert.Equal(0, task.CollectHints(TimeSpan.FromSeconds(2.9), hints));
        Assert.Equal(2, task.CollectHints(TimeSpan.FromSeconds(3), hints));
        Assert.Equal([6UL, 5UL], hints[..2].Select(hint => hint.Worker));
    }

    [Fact]
    public void CollectHints_UnequalShares_EndUpEqual()
    {
        var task = Open(lanes: 8);
        for (var lane = 0; lane < 3; lane++)
            Push(task, lane, 1, 0, 1, worker: 5);
        Push(task, 3, 1, 0, 1, worker: 6);
        Push(task, 4, 1, 0, 1, worker: 6);
        var hints = new StealHint[8];

        Assert.Equal(2, task.CollectHints(TimeSpan.FromSeconds(1), hints));

        Assert.Equal([new StealHint(6, First, 0, new LaneBlock(6, 2)), new StealHint(5, First, 0, new LaneBlock(5, 1))], hints[..2]);
    }

    [Fact]
    public void Push_SteadyState_AllocatesNothing()
    {
        var task = Open(lanes: 7, length: 1000);
        var hints = new StealHint[4];
        long version = 0;

        long Step()
        {
            for (var lane = 0; lane < 7; lane++)
                Push(task, lane, 1, version, 0.5f, worker: (ulong)(1 + (lane % 3)));
            version++;
            task.CollectHints(TimeSpan.FromHours(version), hints);
            task.Advance(First, version, new Segment(version, version + 1), TimeSpan.Zero);
            return task.Version;
        }

        for (var i = 0; i < 4; i++)
            Step();
        task.Advance(First, 4, new Segment(4, 5), TimeSpan.Zero);
        for (var i = 0; i < 100; i++)
            Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Step();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(204, task.Version);
    }
}
