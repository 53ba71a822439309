using Cluster.Contracts.Jobs.V1;
using Cluster.Coordinator.Jobs;

namespace Cluster.Coordinator.Tests.Jobs;

public sealed class JobFeedTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changed_TakenBeforeLatest_MissesNoChange()
    {
        const int last = 20_000;
        var feed = new JobFeed();
        var watcher = Task.Run(async () =>
        {
            var seen = -1L;
            while (true)
            {
                var changed = feed.Changed;
                var latest = feed.Latest?.Done ?? -1;
                Assert.True(latest >= seen);
                seen = latest;
                if (seen == last) return;
                await changed.WaitAsync(Limit, _ct);
            }
        }, _ct);

        for (var i = 0; i <= last; i++) feed.Publish(new JobProgress(i, 0, 0, 0, ""));
        await watcher.WaitAsync(Limit, _ct);
    }

    [Fact]
    public void Publish_TheSame_WakesNobody()
    {
        var feed = new JobFeed();
        feed.Publish(new JobProgress(1, 2, 3, 4, "x"));
        var changed = feed.Changed;
        feed.Publish(new JobProgress(1, 2, 3, 4, "x"));
        Assert.False(changed.IsCompleted);
    }

    [Fact]
    public void Close_OpenFeed_EndsItAndForgetsIt()
    {
        var feeds = new JobFeeds();
        var feed = feeds.Open("j");
        Assert.Same(feed, feeds.Open("j"));
        feeds.Close("j");
        Assert.True(feed.Closed.IsCompleted);
        Assert.False(feeds.TryGet("j", out _));
        feeds.Close("j");
    }

    [Fact]
    public void PartialResultsSince_TwoWatchers_GetEachOnceInOrder()
    {
        var feed = new JobFeed();
        var (early, other) = (0L, 0L);
        Add(feed, 1, 2);

        Assert.Equal([1, 2], Clocks(feed, ref early));
        Add(feed, 3);
        Assert.Equal([3], Clocks(feed, ref early));
        Assert.Empty(Clocks(feed, ref early));
        Assert.Equal([1, 2, 3], Clocks(feed, ref other));
    }

    [Fact]
    public void PartialResultsSince_MoreThanAreKept_AreTheLastOnes()
    {
        var feed = new JobFeed();
        var (slow, late) = (0L, 0L);
        Add(feed, 0);
        Assert.Equal([0], Clocks(feed, ref slow));
        for (var clock = 1; clock <= 200; clock++) Add(feed, clock);

        Assert.Equal(Enumerable.Range(137, 64).Select(clock => (long)clock), Clocks(feed, ref slow));
        Assert.Equal(Enumerable.Range(137, 64).Select(clock => (long)clock), Clocks(feed, ref late));
        Assert.Empty(Clocks(feed, ref slow));
    }

    private static void Add(JobFeed feed, params long[] clocks)
    {
        foreach (var clock in clocks) feed.Add(new PartialResult { Clock = clock });
    }

    private static IEnumerable<long> Clocks(JobFeed feed, ref long seen) => feed.PartialResultsSince(ref seen).Select(result => result.Clock);
}
