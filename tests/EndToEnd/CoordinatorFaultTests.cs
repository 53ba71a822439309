using System.Diagnostics;
using Cluster.Client.Errors;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

public sealed class CoordinatorFaultTests(SharedBroker broker, SharedCluster shared) : FaultTest(broker, shared)
{
    [Fact(Timeout = TestLimit)]
    public async Task Kill_CoordinatorInMidJob_TheNextOneGoesOnWhereRedisSays()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var job = await RunToTheMiddleAsync(cluster);
        var before = await AssertUnderWayAsync(cluster, job);

        var killed = Stopwatch.GetTimestamp();
        await cluster.Coordinator.KillAsync(Ct);
        await cluster.Coordinator.StartAsync(Ct);

        await UntilAsync(cluster, job, "the next chief takes office", p => p.Chiefs == before.Chiefs + 1);
        var after = await UntilNewItemsAreDoneAsync(cluster, job);
        SayRecovery("coordinator killed", killed, after);
        await AssertInsideAsync(cluster, job, Inside);
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Submit_SameKeyAcrossACoordinatorKill_MakesOneJob()
    {
        const string key = "once-and-only-once";
        var spec = new PiSpec { Points = 1 << 24, Seed = 42 };
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var jobs = (await cluster.Client.ListJobsAsync(cancellationToken: Ct)).Count;

        var first = await cluster.Client.SubmitAsync(spec, key, Ct);
        await cluster.Coordinator.KillAsync(Ct);
        var whileAway = cluster.Client.SubmitAsync(spec, key, Ct);
        await cluster.Coordinator.StartAsync(Ct);

        Assert.Equal(first.Id, (await whileAway.WaitAsync(Limit, Ct)).Id);
        Assert.Equal(first.Id, (await cluster.Client.SubmitAsync(spec, key, Ct)).Id);
        await AssertInsideAsync(cluster, first, 13_175_839);
        Assert.Equal(first.Id, (await cluster.Client.SubmitAsync(spec, key, Ct)).Id);
        Assert.Equal(jobs + 1, (await cluster.Client.ListJobsAsync(cancellationToken: Ct)).Count);
        await Assert.ThrowsAnyAsync<ClusterException>(() => cluster.Client.SubmitAsync(spec with { Seed = 43 }, key, Ct));
        await cluster.UntilWholeAsync(Ct);
    }
}
