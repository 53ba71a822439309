using Cluster.Contracts.Jobs;
using Cluster.Coordinator.Figures;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Messages;
using Cluster.Protocol.Plans;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Training;
using Microsoft.Extensions.Time.Testing;
using CommitRecord = Cluster.Protocol.Commits.CommitRecord;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.Coordinator.Tests.Training;

public sealed class TrainingFiguresTests
{
    private static readonly Generation First = new(1, 7);

    private readonly FakeTimeProvider _time = new();
    private readonly TrainingFigures _figures;

    public TrainingFiguresTests() => _figures = new TrainingFigures(_time);

    [Fact]
    public void Loss_NothingHeard_IsNone() => Assert.Null(_figures.Loss);

    [Fact]
    public void Reached_WorkersOfOneSegment_IsTheMeanOverTheirExamples()
    {
        _figures.Reached(Reached(from: 0, lossSum: 30, examples: 10));
        _figures.Reached(Reached(from: 0, lossSum: 2, examples: 30));

        Assert.Equal(0.8, _figures.Loss);
    }

    [Fact]
    public void Reached_AnotherSegmentOrGeneration_BeginsAnew()
    {
        _figures.Reached(Reached(from: 0, lossSum: 30, examples: 10));
        _figures.Reached(Reached(from: 5, lossSum: 4, examples: 2));
        Assert.Equal(2, _figures.Loss);

        _figures.Reached(Reached(from: 5, lossSum: 9, examples: 3) with { Generation = new Generation(2, 8) });
        Assert.Equal(3, _figures.Loss);
    }

    [Fact]
    public void Reached_WorkerThatComputedNothing_LeavesTheLoss()
    {
        _figures.Reached(Reached(from: 0, lossSum: 3, examples: 2));
        _figures.Reached(Reached(from: 0, lossSum: 0, examples: 0));

        Assert.Equal(1.5, _figures.Loss);
    }

    [Fact]
    public void Observe_ServingTasks_IsTheSlowestLaneOfAll()
    {
        _figures.Observe([Report(1, [7, 9], examples: 80), Report(2, [8, 6], examples: 70)]);
        _time.Advance(TimeSpan.FromSeconds(2));
        _figures.Observe([Report(1, [17, 19], examples: 180), Report(2, [18, 16], examples: 170)]);

        Assert.Equal((16L, 170L, 5.0, 50.0), (_figures.Clock, _figures.ContributedExamples, _figures.StepsPerSecond, _figures.ExamplesPerSecond));
    }

    [Fact]
    public void Observe_TaskThatIsAwayOrLoads_LeavesWhatWasKnown()
    {
        _figures.Observe([Report(1, [7], examples: 70)]);
        _figures.Observe([null]);
        _figures.Observe([new V1.ShardReport { Incarnation = 3, Phase = V1.Phase.Loading }]);
        _figures.Observe([]);

        Assert.Equal((7L, 70L), (_figures.Clock, _figures.ContributedExamples));
    }

    [Fact]
    public void TakeObserved_ProcessesThatCount_HaveFieldsOfTheirOwn()
    {
        V1.ShardReport first = Report(0xA, [1], examples: 1), second = Report(0xB, [1], examples: 1);
        (first.Hints, second.Hints) = (3, 4);
        first.Outcomes[nameof(PushOutcome.Duplicate)] = 5;
        second.Outcomes["OfALaterVersion"] = 6;
        _figures.Observe([first, second]);
        first.Hints = 9;
        _figures.Observe([first, null]);

        Assert.Equal(
            new Dictionary<string, long> { ["steals|000000000000000a"] = 9, ["steals|000000000000000b"] = 4, ["push:Duplicate|000000000000000a"] = 5 },
            _figures.TakeObserved().ToDictionary());
        Assert.Empty(_figures.TakeObserved());
    }

    [Fact]
    public void Describe_NoPlanYet_IsNothing()
    {
        Assert.Null(TrainingFigures.Describe(null, _figures));
        Assert.Null(TrainingFigures.Describe(Record() with { Plan = null }, _figures));
    }

    [Fact]
    public void Describe_RecordAlone_IsWhatIsCommittedAndCounted()
    {
        var told = TrainingFigures.Describe(Record(), live: null)!;

        Assert.Equal((4, 2, 50L, 1000L, 1000L), (told.Lanes, told.ParameterStores, told.CommittedClock, told.CommittedExamples, told.Examples));
        Assert.Equal((6L, 5L, 2L, 7L), (told.Segments, told.Commits, told.Generations, told.Steals));
        Assert.Equal(new Dictionary<string, long> { ["Duplicate"] = 12 }, told.Refusals.ToDictionary());
        Assert.False(told.HasLoss);
    }

    [Fact]
    public void Describe_LiveFigures_GoBeyondTheCommit()
    {
        _figures.Reached(Reached(from: 50, lossSum: 1, examples: 4));
        _figures.Observe([Report(1, [60], examples: 1200)]);

        var told = TrainingFigures.Describe(Record(), _figures)!;

        Assert.Equal((50L, 1000L, 1200L, 0.25), (told.CommittedClock, told.CommittedExamples, told.Examples, told.Loss));
    }

    private static TrainingRecord Record() => new()
    {
        Owner = "1.a",
        IsRunning = true,
        HasResult = false,
        Plan = new TrainingPlan
        {
            Spec = new TrainingSpec { LearningRate = 1, Lanes = 4 },
            Rows = 101,
            Features = 1,
            Offsets = [0, 1, 2],
            Streams = 3,
            Slots = 0,
            Tensors = [new PlannedTensor("w", [1], 0, 1), new PlannedTensor("b", [1], 1, 1)],
        },
        Protocol = new CommitRecord(First, [1, 2], new CommitManifest
        {
            Generation = First,
            Clock = 50,
            Examples = 1000,
            Snapshots = [],
            Previous = [],
            Expired = []
        }),
        Counters = new TrainingCounters(new Dictionary<string, long>
        {
            ["segments"] = 6,
            ["commits"] = 5,
            ["generations"] = 2,
            ["steals|000000000000000a"] = 3,
            ["steals|000000000000000b"] = 4,
            ["push:Duplicate|000000000000000a"] = 12,
            ["push:Admitted|000000000000000a"] = 500,
            ["push:Rewind|000000000000000a"] = 0,
        }),
    };

    private static SegmentReached Reached(long from, double lossSum, long examples) => new()
    {
        JobId = "train-1",
        Generation = First,
        From = from,
        To = from + 5,
        Device = "/job:worker/replica:0/task:0/device:CPU:0",
        LossSum = lossSum,
        Examples = examples,
        Parameters = [],
    };

    private static V1.ShardReport Report(ulong incarnation, long[] clocks, long examples) =>
        new() { Incarnation = incarnation, Phase = V1.Phase.Serving, LaneClocks = { clocks }, Examples = examples };
}
