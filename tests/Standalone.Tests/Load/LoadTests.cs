using Cluster.Benchmarks.Load;

namespace Cluster.Standalone.Tests.Load;

/// <summary>Smaller ones of what <c>tests/Benchmarks -- load</c> measures: everything is served, whatever the time.</summary>
public sealed class LoadTests
{
    private const int TestLimit = 300_000;

    [Fact(Timeout = TestLimit)]
    public async Task Crowd_JobsItemsAndWatchers_AreAllServedWithABoundOfItemsInTheBroker()
    {
        var result = await new CrowdLoad(Jobs: 20, Queued: 2, Parts: 128, Watchers: 60).RunAsync(TestContext.Current.CancellationToken);

        Assert.Empty(result.Wrong);
        // At least one for each job.
        Assert.InRange(result.Items, 20, long.MaxValue);
        // Two for each of the two workers' slots, whatever waits.
        Assert.InRange(result.MostOutstanding, 1, 8);
        Assert.InRange(result.Updates, 60, long.MaxValue);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Limits_MessagesAtThemAndBeyond_AreServedAndRefused()
    {
        using var said = new StringWriter();

        await new LimitsLoad(ListedJobs: 60).RunAsync(said, TestContext.Current.CancellationToken);

        Assert.Equal(4, said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
