using System.Diagnostics;
using Cluster.Client.Jobs;
using Cluster.Support.Processes;
using Cluster.Support.Servers;

namespace Cluster.EndToEnd;

public sealed class ServerFaultTests(SharedBroker broker, SharedCluster shared) : FaultTest(broker, shared)
{
    [Fact(Timeout = TestLimit)]
    public async Task Restart_RabbitMqInMidJob_TheJobGoesOn()
    {
        var broker = Own(await RabbitMqServerProcess.StartAsync(cancellationToken: Ct));
        var cluster = await StartClusterAsync(new TestClusterOptions(), broker);
        var job = await RunToTheMiddleAsync(cluster);
        await AssertUnderWayAsync(cluster, job);

        var killed = Stopwatch.GetTimestamp();
        await broker.KillAsync(Ct);
        var away = await AssertUnderWayAsync(cluster, job);
        Assert.True(away.ItemsOutstanding > 0, $"no item was out: {away}");
        await broker.RestartAsync(Ct);

        Say(FormattableString.Invariant($"RabbitMQ was away for {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.00} s"));
        await GoesOnAsync(cluster, job, "RabbitMQ killed", killed);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Restart_RedisInMidJob_TheJobGoesOn()
    {
        var cluster = await StartClusterAsync(new TestClusterOptions());
        var job = await RunToTheMiddleAsync(cluster);
        await AssertUnderWayAsync(cluster, job);

        var killed = Stopwatch.GetTimestamp();
        await cluster.Redis.KillAsync(Ct);
        await cluster.Redis.RestartAsync(Ct);

        await GoesOnAsync(cluster, job, "Redis killed", killed);
    }

    private static async Task GoesOnAsync(TestCluster cluster, JobInfo job, string fault, long since)
    {
        SayRecovery(fault, since, await UntilNewItemsAreDoneAsync(cluster, job));
        await AssertInsideAsync(cluster, job, Inside);
    }
}
