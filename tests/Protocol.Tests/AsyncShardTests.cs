using Cluster.Compute.Optimizers;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;

namespace Cluster.Protocol.Tests;

public sealed class AsyncShardTests
{
    private static readonly Generation First = new(1, 11);

    private static AsyncShard Open(int lanes, int? staleness = null, long to = 2, Optimizer? optimizer = null, Snapshot? from = null)
    {
        var task = new AsyncShard(new ShardOptions { Lanes = lanes, Length = 2, Optimizer = optimizer ?? new Sgd(1), Streams = 2, Staleness = staleness });
        task.BeginLoad(First);
        task.LoadingParameters.Clear();
        from?.Parameters.CopyTo(task.LoadingParameters);
        from?.Slots.CopyTo(task.LoadingSlots);
        task.CompleteLoad(First, from?.Clock ?? 0, from?.Examples ?? 0);
        task.Advance(First, 0, new Segment(0, to), TimeSpan.Zero);
        return task;
    }

    private static PushAnswer Push(AsyncShard task, int first, int count, long clock, ulong worker = 1, long examples = 4, long seen = 0)
    {
        var gradient = task.Vectors.Rent();
        gradient.Values.Fill(-8);
        return task.Push(new PushHeader(First, new LaneBlock(first, count), clock, examples, worker) { Seen = seen }, gradient, TimeSpan.Zero);
    }

    [Fact]
    public void Push_NextClock_AppliesTheLanesMeanAtOnce()
    {
        var task = Open(lanes: 2);

        var answer = Push(task, 1, 1, 0);

        Assert.Equal((PushOutcome.Admitted, 1L, true), (answer.Outcome, answer.Expected, answer.Deliver));
        Assert.True(task.TryGetVersion(task.Version, out var parameters));
        Assert.Equal([2f, 2f], parameters.Values.ToArray());
        Assert.Equal([0L, 1L], task.LaneClocks.ToArray());
    }

    /// <summary>The lane that is furthest ahead decides how early the segment can end.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(5, 5)]
    public void Advance_EarlierEnd_IsNotBelowTheFastestLane(long asked, long expected)
    {
        var task = Open(lanes: 2, to: 9);
        for (long clock = 0; clock < 3; clock++)
            Push(task, 1, 1, clock);

        task.Advance(First, 0, new Segment(0, asked), TimeSpan.Zero);

        Assert.Equal(new Segment(0, expected), task.Segment);
        Assert.Equal(expected == 3 ? PushOutcome.AtLimit : PushOutcome.Admitted, Push(task, 1, 1, 3).Outcome);
    }

    [Fact]
    public void Push_OtherClocks_AreDuplicateOrRewindWithTheExpectedOne()
    {
        var task = Open(lanes: 2);
        Push(task, 0, 1, 0, worker: 1);

        Assert.Equal((PushOutcome.Duplicate, 1L, true), Read(Push(task, 0, 1, 0, worker: 2)));
        Assert.Equal((PushOutcome.Duplicate, 1L, false), Read(Push(task, 0, 1, 0, worker: 1)));
        Assert.Equal((PushOutcome.Rewind, 0L, false), Read(Push(task, 1, 1, 1)));
        Assert.Equal(PushOutcome.Malformed, Push(task, 0, 2, 1).Outcome);
        Assert.Equal(2, task.Vectors.Rented);

        static (PushOutcome, long, bool) Read(PushAnswer answer) => (answer.Outcome, answer.Expected, answer.Displaced);
    }

    [Fact]
    public void Push_AllLanesAtLimit_CopiesWhatTheyContributed()
    {
        var task = Open(lanes: 2);
        Push(task, 0, 1, 0);
        Push(task, 0, 1, 1, examples: 0);
        Assert.Equal(PushOutcome.AtLimit, Push(task, 0, 1, 2).Outcome);
        Push(task, 1, 1, 0);
        Assert.False(task.Snapshot.IsHeld);

        Push(task, 1, 1, 1);

        Assert.Equal((2L, 12L), (task.Snapshot.Clock, task.Snapshot.Examples));
        Assert.Equal([6f, 6f], task.Snapshot.Parameters.ToArray());
    }

    /// <summary>Adam counts the updates of all lanes: a task that has loaded a state goes on counting.</summary>
    [Fact]
    public void Push_AfterARestore_HasTheBitsOfTheTaskThatWentOn()
    {
        var task = Open(lanes: 3, to: 2, optimizer: new Adam(0.1f));
        for (long clock = 0; clock < 2; clock++)
        {
            for (var lane = 0; lane < 3; lane++)
                Push(task, lane, 1, clock);
        }

        var restored = Open(lanes: 3, to: 2, optimizer: new Adam(0.1f), from: task.Snapshot);
        foreach (var each in (AsyncShard[])[task, restored])
        {
            each.Advance(First, 2, new Segment(2, 4), TimeSpan.Zero);
            Assert.Equal(PushOutcome.Admitted, Push(each, 1, 1, 2).Outcome);
        }

        Assert.True(task.TryGetVersion(task.Version, out var expected));
        Assert.True(restored.TryGetVersion(restored.Version, out var actual));
        Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray());
        Assert.Equal(task.Examples, restored.Examples);
    }

    [Fact]
    public void Push_SeenFurtherBehindThanTheBound_IsStaleAndTheNextOneIsNot()
    {
        var task = Open(lanes: 2, staleness: 1, to: 9);
        Push(task, 0, 1, 0);
        Push(task, 0, 1, 1);
        Assert.Equal(PushOutcome.Stale, Push(task, 0, 1, 2).Outcome);
        Assert.Equal(PushOutcome.Malformed, Push(task, 0, 1, 2, seen: 1).Outcome);
        Push(task, 1, 1, 0);

        Assert.Equal(PushOutcome.Stale, Push(task, 0, 1, 2, seen: 0).Outcome);
        Assert.Equal(PushOutcome.Admitted, Push(task, 0, 1, 2, seen: 1).Outcome);

        Assert.Equal([3L, 1L], task.LaneClocks.ToArray());
        Assert.Equal([2L, 2L], task.Staleness.Used.ToArray());
        Assert.Equal(2, task.Count(PushOutcome.Stale));
        Assert.Equal(2, task.Vectors.Rented);
    }

    [Fact]
    public void Push_WithoutExamples_CountsNoStaleness()
    {
        var task = Open(lanes: 1, staleness: 0);

        Push(task, 0, 1, 0, examples: 0);

        Assert.Empty(task.Staleness.Used.ToArray());
        Assert.Equal(1, task.Clock);
    }

    [Fact]
    public void Request_ClockNotReached_IsReleasedWhenTheSlowestLaneMovesOn()
    {
        var task = Open(lanes: 2, staleness: 1, to: 9);
        Push(task, 0, 1, 0);
        Assert.Equal(1, task.Request(First, 0, worker: 5, TimeSpan.Zero).Version);
        Assert.Equal(new ParametersAnswer(PushOutcome.Admitted, -1), task.Request(First, 1, worker: 5, TimeSpan.Zero));
        Assert.False(Push(task, 0, 1, 1).Completed);

        Assert.True(Push(task, 1, 1, 0).Completed);

        Assert.Equal([5UL], task.Released.ToArray());
        Assert.Equal(3, task.Request(First, 1, worker: 5, TimeSpan.Zero).Version);
    }

    [Fact]
    public void CollectHints_SomebodyWaits_AsksHimForTheSlowestLanesOnceTheGraceIsOver()
    {
        var task = Open(lanes: 4, staleness: 0, to: 9);
        Push(task, 0, 1, 0);
        Push(task, 2, 1, 0);
        var hints = new StealHint[8];
        Assert.Equal(0, task.CollectHints(TimeSpan.FromHours(1), hints));
        task.Request(First, 1, worker: 5, TimeSpan.FromHours(1));

        var count = task.CollectHints(TimeSpan.FromHours(2), hints);

        Assert.Equal([new StealHint(5, First, 0, new LaneBlock(1, 1)), new StealHint(5, First, 0, new LaneBlock(3, 1))], hints[..count]);
        task.Disconnect(5);
        Assert.Equal(0, task.CollectHints(TimeSpan.FromHours(3), hints));
    }
}
