using System.Diagnostics;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

public sealed class WorkerFaultTests(SharedBroker broker, SharedCluster shared) : FaultTest(broker, shared)
{
    [Fact(Timeout = TestLimit)]
    public async Task Kill_WorkerWithAnItem_AnotherTakesItOver()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var job = await RunToTheMiddleAsync(cluster);
        var victim = await BusyWorker.SuspendAsync(cluster, job.Id, Ct);
        var before = await AssertUnderWayAsync(cluster, job);

        var killed = Stopwatch.GetTimestamp();
        await victim.KillAsync(Ct);

        SayRecovery("worker killed", killed, await UntilAsync(cluster, job, "its item is taken over", p => p.ItemsTakenOver > before.ItemsTakenOver));
        await AssertInsideAsync(cluster, job, Inside);
        await victim.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_WorkerThatComesBack_TakesItsIndexAndGoesOn()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var job = await RunToTheMiddleAsync(cluster);
        var victim = await BusyWorker.SuspendAsync(cluster, job.Id, Ct);
        var task = (await cluster.WorkerTasksAsync(Ct)).Single(t => t.Instance == victim.Instance);
        await AssertUnderWayAsync(cluster, job);

        var killed = Stopwatch.GetTimestamp();
        await victim.KillAsync(Ct);
        await victim.StartAsync(Ct);

        var back = await Poll.UntilAsync("the worker is back", () => cluster.WorkerTasksAsync(Ct),
            tasks => tasks.Any(t => t.Index == task.Index && t.Instance == task.Instance && t.Incarnation != task.Incarnation), Limit, Ct);
        Assert.Equal(2, back.Length);
        SayRecovery("worker killed and started", killed, await UntilAsync(cluster, job, "its item is taken over", p => p.ItemsTakenOver > 0));
        await AssertInsideAsync(cluster, job, Inside);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Suspend_WorkerPastItsLease_ItsItemIsTakenOverAndItsOwnResultNotCountedTwice()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var job = await RunToTheMiddleAsync(cluster);
        var victim = await BusyWorker.SuspendAsync(cluster, job.Id, Ct);
        var suspended = Stopwatch.GetTimestamp();
        var before = await AssertUnderWayAsync(cluster, job);

        await Poll.UntilAsync("its lease runs out", () => cluster.WorkerTasksAsync(Ct), tasks => tasks.Length == 1, Limit, Ct);
        SayRecovery("worker suspended", suspended, await UntilAsync(cluster, job, "its item is taken over",
            p => p.ItemsTakenOver > before.ItemsTakenOver && p.ItemsRepublished > before.ItemsRepublished));
        victim.Resume();

        await Poll.UntilAsync("the worker is back", () => cluster.WorkerTasksAsync(Ct), tasks => tasks.Length == 2, Limit, Ct);
        await AssertInsideAsync(cluster, job, Inside);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Stop_WorkerWithAnItem_FinishesItOrHandsItBack()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var job = await RunToTheMiddleAsync(cluster);
        var leaver = await BusyWorker.SuspendAsync(cluster, job.Id, Ct);
        await AssertUnderWayAsync(cluster, job);

        leaver.Resume();
        Assert.Equal(0, await leaver.StopAsync(Ct));

        Assert.DoesNotContain(await cluster.WorkerTasksAsync(Ct), task => task.Instance == leaver.Instance);
        Assert.Equal(0, (await AssertInsideAsync(cluster, job, Inside)).ItemsTakenOver);
        await leaver.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
    }
}
