using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;

namespace Cluster.Protocol.Tests;

/// <summary>Each decision from a view made by hand: two ps tasks held by the processes 21 and 22, four lanes, 100 clocks.</summary>
public sealed class JobSupervisorTests
{
    private static readonly CoordinatorToken Token = new(1, 11);
    private static readonly Generation First = new(1, 7);
    private static readonly Segment Start = new(0, 32);
    private static readonly CommitRecord Opened = new(First, [21, 22], null);

    private readonly JobSupervisor _supervisor = new(
        new SupervisorOptions { Job = "job-1", Lanes = 4, Tasks = 2, TotalClocks = 100 }, Token, () => 77);

    [Fact]
    public void Decide_NewJob_StartsTheFirstGenerationOnceAllTasksAreHeld()
    {
        var view = View(CommitRecord.New, null, null);

        var request = Assert.IsType<SupervisorCommand.StartGeneration>(Assert.Single(Decide(view))).Request;
        Assert.Equal((Token, Generation.None, new Generation(1, 77)), (request.Token, request.Current, request.Next));
        Assert.Equal([21, 22], request.Incarnations);
        Assert.Empty(Decide(view with { Tasks = [view.Tasks[0], new ShardView(null, null)] }));
    }

    [Fact]
    public void Decide_AnotherCoordinator_StepsDownAndDoesNothingElse() => Assert.Equal(
        [new SupervisorCommand.StepDown()], Decide(View(CommitRecord.New, null, null) with { Holder = Token with { Random = 12 } }));

    /// <summary>31 clocks took 0.93 s; that their copies then waited 20 s for the commit before says nothing about clocks.</summary>
    [Fact]
    public void Decide_CommitThatIsSlow_DoesNotShortenTheNextSegment()
    {
        ShardReport[] done = [Done(0) with { IsCopied = false }, Done(1) with { IsCopied = false }];
        Assert.Contains(Decide(View(Opened, Report(0), Report(1))), command => command is SupervisorCommand.Publish);
        Decide(View(Opened, done), second: 1);
        Decide(View(Opened, done), second: 10);

        var advance = Assert.IsType<SupervisorCommand.Advance>(Decide(View(Opened, Done(0), Done(1)), second: 21)[0]);

        Assert.Equal(new Segment(32, 82), advance.Segment);

        static ShardReport Done(int task) => At(task, Start) with { Pace = new SegmentPace(31, TimeSpan.FromSeconds(0.93), TimeSpan.FromSeconds(0.1)) };
    }

    /// <summary>A commit took 4 s: segments of 6 s hide the next one behind their work.</summary>
    [Fact]
    public void Decide_CommitThatTookLong_LengthensTheNextSegment()
    {
        ShardReport[] copied = [Copied(0, 32) with { Pace = OfAStep(0.01) }, Copied(1, 32) with { Pace = OfAStep(0.01) }];
        Decide(View(Opened, copied), second: 1);
        var manifest = Manifest(32);
        var view = View(Opened with { Manifest = manifest }, copied);
        Decide(view, second: 3);
        _supervisor.Durable(manifest.Id, storeRun: 5);
        Decide(view, second: 5);
        var later = new Segment(32, 64);

        ShardReport[] done = [At(0, later) with { Pace = OfAStep(0.3) }, At(1, later) with { Pace = OfAStep(0.3) }];
        var advance = Assert.IsType<SupervisorCommand.Advance>(Decide(View(Opened with { Manifest = manifest }, done), second: 6)[0]);

        Assert.Equal(new Segment(64, 84), advance.Segment);
    }

    /// <summary>Of 32 clocks of 0.1 s each, 10 are done: what somebody waits for comes after the clock under way and the 0.25 s that a word to the ps tasks
    /// takes.</summary>
    [Theory]
    [InlineData(3, 0, false)]
    [InlineData(2, 1, false)]
    [InlineData(2, 0, true)]
    public void Decide_SomebodyWaitsForTheEnd_AsksForAnEarlierOne(int slots, int rivals, bool isEnding)
    {
        var view = View(Opened, Working(0, 10), Working(1, 9));
        Assert.Contains(Decide(view), command => command is SupervisorCommand.Publish);
        Assert.Empty(Decide(view, second: 1));

        var commands = Decide(view with { WorkerSlots = slots, Rivals = rivals, IsEnding = isEnding }, second: 1);

        var end = new Segment(0, 13);
        Assert.Equal([new SupervisorCommand.Advance(0, First, 0, end), new SupervisorCommand.Advance(1, First, 0, end)], commands);
    }

    /// <summary>What it should take is 1.5 s.</summary>
    [Fact]
    public void Decide_SegmentThatTakesMuchLonger_AsksForAnEarlierEnd()
    {
        var view = View(Opened, Working(0, 10), Working(1, 10));
        Decide(view);

        Assert.Empty(Decide(view, second: 2.9));
        Assert.Equal(2, Decide(view, second: 3.1).OfType<SupervisorCommand.Advance>().Count());
    }

    /// <summary>A worker that is gone and one that comes back need lanes; more slots than lanes, or a few clocks, are not worth it.</summary>
    [Theory]
    [InlineData(10, 2, 1, 2, true)]
    [InlineData(10, 4, 4, 9, false)]
    [InlineData(30, 2, 2, 3, false)]
    public void Decide_SlotsChange_AsksForAnEarlierEndWhereItIsWorthIt(long clock, int first, int then, int last, bool isAsked)
    {
        var view = View(Opened, Working(0, clock), Working(1, clock));
        Decide(view with { WorkerSlots = first });
        Assert.Empty(Decide(view with { WorkerSlots = then }, second: 1));

        Assert.Equal(isAsked, Decide(view with { WorkerSlots = last }, second: 1).Count > 0);
    }

    /// <summary>One could not end as early as the other: both get the later end, and nothing is published again.</summary>
    [Fact]
    public void Decide_EndsThatDiffer_AsksForTheLargest()
    {
        Decide(View(Opened, Report(0), Report(1)));

        var commands =
            Decide(View(Opened, Working(0, 13) with { Segment = new Segment(0, 13) }, Working(1, 13) with { Segment = new Segment(0, 14) }), second: 1);
        Assert.Equal([new SupervisorCommand.Advance(0, First, 0, new Segment(0, 14))], commands);
        Assert.Empty(Decide(View(Opened, Working(0, 13) with { Segment = new Segment(0, 14) }, Working(1, 13) with { Segment = new Segment(0, 14) }),
            second: 1));
    }

    [Fact]
    public void Decide_AtTheClockLimit_OpensNoFurtherSegment()
    {
        var view = View(Opened, At(0, Start), At(1, Start));

        Assert.Empty(Decide(view with { ClockLimit = 32 }));
        Assert.Equal(2, Decide(view with { ClockLimit = 33 }).OfType<SupervisorCommand.Advance>().Count());
    }

    [Fact]
    public void Decide_EndsWithAnEarlierCommit_FinishesAndOpensAndCommitsNothing()
    {
        var last = Manifest(32);
        var view = View(Opened with { Manifest = last, End = 32 }, Copied(0, 64), Copied(1, 64));

        Assert.Equal([new SupervisorCommand.ConfirmDurable(last.Id)], Decide(view));
        _supervisor.Durable(last.Id, 5);
        Assert.Equal([new SupervisorCommand.Finish(last)], Decide(view));
    }

    [Fact]
    public void Decide_TaskBehindTheGeneration_IsOpenedWithTheManifest()
    {
        var manifest = Manifest(32);
        var behind = Report(0) with { Generation = Generation.None, Phase = ShardPhase.Idle };
        var view = View(Opened with { Manifest = manifest }, behind, Report(1) with { Phase = ShardPhase.Loading });

        Assert.Equal(
            [new SupervisorCommand.ConfirmDurable(manifest.Id), new SupervisorCommand.Open(0, First, manifest)], Decide(view));
    }

    [Fact]
    public void Decide_TaskThatCannotBeReached_IsWaitedFor() => Assert.Empty(Decide(View(Opened, Report(0), null)));

    [Fact]
    public void Decide_ReportOfAProcessThatLostItsIndex_IsNoReport() =>
        Assert.Empty(Decide(View(Opened, Report(0), Report(1) with { Incarnation = 99, Phase = ShardPhase.Diverged })));

    [Fact]
    public void Decide_AllAtTheBoundary_OpenTheNextSegment()
    {
        ShardReport[] reports = [At(0, default), At(1, default)];

        SupervisorCommand[] expected = [new SupervisorCommand.Advance(0, First, 0, Start), new SupervisorCommand.Advance(1, First, 0, Start)];
        Assert.Equal(expected, Decide(View(Opened, reports)));
        Assert.Equal(expected, Decide(View(Opened, reports), second: 9));
    }

    [Fact]
    public void Decide_OneTaskWithoutTheSegment_GetsItAndNothingIsPublished() => Assert.Equal(
        [new SupervisorCommand.Advance(1, First, 0, Start)], Decide(View(Opened, Report(0), At(1, default))));

    [Fact]
    public void Decide_OpenSegment_IsPublishedOnceAndThenOnlyLanesThatStandStill()
    {
        var publish = Assert.IsType<SupervisorCommand.Publish>(Assert.Single(Decide(View(Opened, Report(0), Report(1)))));
        Assert.Equal(
            [new SegmentItem(First, Start, Lanes(0, 1)), new SegmentItem(First, Start, Lanes(2, 3))], publish.Items);

        // Lane 2 moves on one task only; the other one lacks it.
        ShardReport[] later = [Report(0) with { LaneClocks = [9, 9, 9, 32] }, Report(1) with { LaneClocks = [9, 9, 0, 32] }];
        Assert.Empty(Decide(View(Opened, Report(0), Report(1)), second: 1));
        Assert.Empty(Decide(View(Opened, later), second: 5));
        publish = Assert.IsType<SupervisorCommand.Publish>(Assert.Single(Decide(View(Opened, later), second: 12)));
        Assert.Equal([new SegmentItem(First, Start, Lanes(2))], publish.Items);
    }

    [Fact]
    public void Decide_SegmentsThatDoNotFollow_NeedANewGeneration() =>
        Assert.IsType<SupervisorCommand.StartGeneration>(
        Assert.Single(Decide(View(Opened, Report(0) with { Segment = new Segment(9, 32) }, At(1, new Segment(0, 5))))));

    [Fact]
    public void Decide_AllSnapshotsWritten_Flips()
    {
        Assert.DoesNotContain(Decide(View(Opened, Copied(0, 32), Copied(1, 32) with { SnapshotWritten = false })), IsFlip);
        Assert.DoesNotContain(Decide(View(Opened, Copied(0, 32), Report(1))), IsFlip);

        var request = FlipOf(Decide(View(Opened, Copied(0, 32), Copied(1, 32))));
        Assert.Equal((Token, null), (request.Token, request.Previous));
        Assert.Equal((First, 32, 640), (request.Next.Generation, request.Next.Clock, request.Next.Examples));
        Assert.Equal(
            [new SnapshotKey("job-1", 0, First, 21, 32), new SnapshotKey("job-1", 1, First, 22, 32)], request.Next.Snapshots);
        Assert.Empty(request.Next.Expired);
    }

    [Fact]
    public void Decide_NextCommit_ExpiresWhatTheCommitBeforeSuperseded()
    {
        SnapshotKey[] older = [new("job-1", 0, First, 21, 16)];
        var manifest = Manifest(32) with { Previous = older };

        var request = FlipOf(Decide(View(Opened with { Manifest = manifest }, Copied(0, 64), Copied(1, 64))));

        Assert.Equal(manifest.Id, request.Previous);
        Assert.Equal(manifest.Snapshots, request.Next.Previous);
        Assert.Equal(older, request.Next.Expired);
    }

    [Fact]
    public void Decide_TasksThatCountedDifferently_IsAnError()
    {
        var view = View(Opened, Copied(0, 32), Copied(1, 32) with { SnapshotExamples = 639 });

        Assert.Contains("640 and 639", Assert.Throws<InvalidOperationException>(() => Decide(view)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flipped_SnapshotMissing_HasAllWrittenAgainAndThenFlipsAgain()
    {
        var view = View(Opened, Copied(0, 32), Copied(1, 32));
        _supervisor.Flipped(FlipOf(Decide(view)), FlipResult.SnapshotMissing);

        var commands = Decide(view);
        Assert.Equal(
            [new SupervisorCommand.WriteAgain(0, First, 32), new SupervisorCommand.WriteAgain(1, First, 32)],
            commands.OfType<SupervisorCommand.WriteAgain>());
        Assert.DoesNotContain(commands, IsFlip);
        Assert.Contains(Decide(view), IsFlip);
    }

    [Fact]
    public void Decide_LastCommit_IsConfirmedBeforeTheJobFinishes()
    {
        var manifest = Manifest(100);
        var view = View(Opened with { Manifest = manifest }, Copied(0, 100), Copied(1, 100));

        var commands = Decide(view);
        Assert.Contains(new SupervisorCommand.ConfirmDurable(manifest.Id), commands);
        Assert.DoesNotContain(commands, command => command is SupervisorCommand.Finish);
        _supervisor.Durable(manifest.Id, storeRun: 4);
        Assert.DoesNotContain(Decide(view), command => command is SupervisorCommand.Finish);
        _supervisor.Durable(manifest.Id, storeRun: 5);
        Assert.Equal([new SupervisorCommand.Finish(manifest)], Decide(view));
    }

    [Fact]
    public void Decide_StoreThatWasRestarted_IsAskedAgainWhatIsDurable()
    {
        var manifest = Manifest(32);
        var view = View(Opened with { Manifest = manifest }, Copied(0, 32), Copied(1, 32));
        Decide(view);
        _supervisor.Durable(manifest.Id, storeRun: 5);

        Assert.Equal(32, Decide(view).OfType<SupervisorCommand.Advance>().First().Committed);
        var commands = Decide(view with { RedisRun = 6 });
        Assert.Contains(new SupervisorCommand.ConfirmDurable(manifest.Id), commands);
        Assert.All(commands.OfType<SupervisorCommand.Advance>(), advance => Assert.Equal(0, advance.Committed));
    }

    [Fact]
    public void Decide_DurableManifest_DeletesWhatExpiredWithItOnce()
    {
        SnapshotKey[] expired = [new("job-1", 0, First, 21, 16)];
        var manifest = Manifest(32) with { Expired = expired };
        var view = View(Opened with { Manifest = manifest }, Copied(0, 32), Copied(1, 32));

        Assert.DoesNotContain(Decide(view), command => command is SupervisorCommand.DeleteSnapshots);
        _supervisor.Durable(manifest.Id, storeRun: 5);
        Assert.Contains(new SupervisorCommand.DeleteSnapshots(manifest.Id, expired), Decide(view));
        _supervisor.Deleted(manifest.Id);
        Assert.DoesNotContain(Decide(view), command => command is SupervisorCommand.DeleteSnapshots);
    }

    [Fact]
    public void Decide_IndexWithANewHolder_StartsAGenerationAboveAllThatWereOpened()
    {
        var view = View(Opened, Report(0), null);
        view = view with { Tasks = [view.Tasks[0], new ShardView(23, Report(1) with { Generation = new Generation(6, 1) })] };

        var request = Assert.IsType<SupervisorCommand.StartGeneration>(Assert.Single(Decide(view))).Request;
        Assert.Equal((First, new Generation(7, 77)), (request.Current, request.Next));
        Assert.Equal([21, 23], request.Incarnations);
    }

    [Theory]
    [InlineData(1, 7, ShardPhase.Idle)]
    [InlineData(1, 8, ShardPhase.Serving)]
    [InlineData(2, 7, ShardPhase.Serving)]
    public void Decide_TaskThatLeftTheGenerationOrIsAhead_StartsTheNext(long counter, ulong random, ShardPhase phase)
    {
        var report = Report(1) with { Generation = new Generation(counter, random), Phase = phase };

        var start = Assert.IsType<SupervisorCommand.StartGeneration>(Assert.Single(Decide(View(Opened, Report(0), report))));
        Assert.Equal(counter + 1, start.Request.Next.Counter);
    }

    [Fact]
    public void Decide_Divergence_FailsTheJobNamingTheTask()
    {
        var divergence = new Divergence(new LaneBlock(2, 1), 5, 3, InGradient: true);

        Assert.Equal(
            [new SupervisorCommand.Fail(1, divergence)],
            Decide(View(Opened, Report(0), Report(1) with { Phase = ShardPhase.Diverged, Divergence = divergence })));
    }

    private IReadOnlyList<SupervisorCommand> Decide(ClusterView view, double second = 0) => _supervisor.Decide(view, TimeSpan.FromSeconds(second));

    private static ClusterView View(CommitRecord record, params ShardReport?[] reports) => new()
    {
        Record = record,
        Holder = Token,
        RedisRun = 5,
        WorkerSlots = 2,
        Tasks = [.. reports.Select((report, task) => new ShardView(21 + (ulong)task, report))],
    };

    /// <summary>A task that works on the first segment.</summary>
    private static ShardReport Report(int task) => new()
    {
        Incarnation = 21 + (ulong)task,
        Generation = First,
        Phase = ShardPhase.Serving,
        Segment = Start,
        LaneClocks = [0, 0, 0, 0],
        IsCopied = false,
        SnapshotClock = -1,
        SnapshotExamples = 0,
        SnapshotWritten = false,
    };

    /// <summary>A task that has done clocks of the first segment, of 0.1 s each.</summary>
    private static ShardReport Working(int task, long clock) => Report(task) with { LaneClocks = [clock, clock, clock, clock], Pace = OfAStep(0.1) };

    private static SegmentPace OfAStep(double seconds) => new(10, TimeSpan.FromSeconds(10 * seconds), TimeSpan.FromSeconds(seconds));

    /// <summary>A task that stands at the end of a segment which is committed.</summary>
    private static ShardReport At(int task, Segment segment) =>
        Report(task) with { Segment = segment, LaneClocks = [segment.To, segment.To, segment.To, segment.To], IsCopied = true };

    /// <summary>A task that stands at a clock and has written its state there.</summary>
    private static ShardReport Copied(int task, long clock) =>
        At(task, new Segment(clock - 10, clock)) with { SnapshotClock = clock, SnapshotExamples = 20 * clock, SnapshotWritten = true };

    private static CommitManifest Manifest(long clock) => new()
    {
        Generation = First,
        Clock = clock,
        Examples = 20 * clock,
        Snapshots = [new SnapshotKey("job-1", 0, First, 21, clock), new SnapshotKey("job-1", 1, First, 22, clock)],
        Previous = [],
        Expired = [],
    };

    private static bool IsFlip(SupervisorCommand command) => command is SupervisorCommand.Flip;

    private static FlipRequest FlipOf(IReadOnlyList<SupervisorCommand> commands) =>
        Assert.Single(commands.OfType<SupervisorCommand.Flip>()).Request;

    private static LaneSet Lanes(params int[] lanes)
    {
        var set = default(LaneSet);
        foreach (var lane in lanes)
            set.Add(lane);
        return set;
    }
}
