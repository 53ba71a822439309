using Cluster.Compute.Optimizers;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Parameters;

namespace Cluster.Protocol.Tests;

public sealed class AsyncParameterTaskTests
{
    private static readonly Generation First = new(1, 11);

    private static AsyncParameterTask Open(int lanes)
    {
        var task = new AsyncParameterTask(new TaskOptions { Lanes = lanes, Length = 2, Optimizer = new Sgd(1), Streams = 2 });
        task.BeginLoad(First);
        task.LoadingParameters.Clear();
        task.CompleteLoad(First, 0, 0);
        task.Advance(First, 0, new Segment(0, 2));
        return task;
    }

    private static PushAnswer Push(AsyncParameterTask task, int first, int count, long clock, ulong worker = 1, long examples = 4)
    {
        task.Staging.TryRent(out StagedGradient gradient);
        gradient.Values.Fill(-8);
        return task.Push(new PushHeader(First, new LaneBlock(first, count), clock, examples, worker), gradient, TimeSpan.Zero);
    }

    [Fact]
    public void Push_NextClock_AppliesTheLanesMeanAtOnce()
    {
        AsyncParameterTask task = Open(lanes: 2);

        PushAnswer answer = Push(task, 1, 1, 0);

        Assert.Equal((PushOutcome.Admitted, 1L, true), (answer.Outcome, answer.Expected, answer.Deliver));
        Assert.True(task.TryGetParameters(task.Version, out ReadOnlySpan<float> parameters));
        Assert.Equal([2f, 2f], parameters.ToArray());
        Assert.Equal([0L, 1L], task.LaneClocks.ToArray());
    }

    [Fact]
    public void Push_OtherClocks_AreDuplicateOrRewindWithTheExpectedOne()
    {
        AsyncParameterTask task = Open(lanes: 2);
        Push(task, 0, 1, 0, worker: 1);

        Assert.Equal((PushOutcome.Duplicate, 1L, true), Read(Push(task, 0, 1, 0, worker: 2)));
        Assert.Equal((PushOutcome.Duplicate, 1L, false), Read(Push(task, 0, 1, 0, worker: 1)));
        Assert.Equal((PushOutcome.Rewind, 0L, false), Read(Push(task, 1, 1, 1)));
        Assert.Equal(PushOutcome.Malformed, Push(task, 0, 2, 1).Outcome);
        Assert.Equal(StagingPool.Capacity(2, 2), task.Staging.Available);

        static (PushOutcome, long, bool) Read(PushAnswer answer) => (answer.Outcome, answer.Expected, answer.Displaced);
    }

    [Fact]
    public void Push_AllLanesAtLimit_CopiesWhatTheyContributed()
    {
        AsyncParameterTask task = Open(lanes: 2);
        Push(task, 0, 1, 0);
        Push(task, 0, 1, 1, examples: 0);
        Assert.Equal(PushOutcome.AtLimit, Push(task, 0, 1, 2).Outcome);
        Push(task, 1, 1, 0);
        Assert.False(task.Snapshot.IsHeld);

        Push(task, 1, 1, 1);

        Assert.Equal((2L, 12L), (task.Snapshot.Clock, task.Snapshot.Examples));
        Assert.Equal([6f, 6f], task.Snapshot.Parameters.ToArray());
    }
}
