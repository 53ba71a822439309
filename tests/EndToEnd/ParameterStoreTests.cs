using Cluster.Support.Processes;

namespace Cluster.EndToEnd;

/// <summary>Ps tasks as processes: which index each has, through every way in which one goes and comes.</summary>
public sealed class ParameterStoreTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly TestClusterOptions ThreeStores = new(Workers: 1) { ParameterStores = 3 };

    [Fact(Timeout = TestLimit)]
    public async Task Start_ThreeStores_AreListedByIndexWithAddressesOfTheirOwn()
    {
        var cluster = await ShareClusterAsync(ThreeStores);

        var tasks = await cluster.ParameterStoreTasksAsync(Ct);

        Assert.Equal(["/job:ps/task:0", "/job:ps/task:1", "/job:ps/task:2"], tasks.Select(task => task.Name));
        foreach (var task in tasks)
            Assert.Equal(task.Address, (await cluster.ParameterStoreAsync(task.Index, Ct)).Endpoints.Grpc.Authority);
        Assert.Equal(3, tasks.Select(task => task.Address).Distinct().Count());
        Assert.All(tasks, task => Assert.Equal($"/job:ps/replica:0/task:{task.Index}/device:CPU:0", Assert.Single(task.Devices).Name));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_StoreThatComesBack_HasItsIndexInANewIncarnation()
    {
        var cluster = await ShareClusterAsync(ThreeStores);
        var before = await cluster.ParameterStoreTasksAsync(Ct);
        var (first, second) = (await cluster.ParameterStoreAsync(0, Ct), await cluster.ParameterStoreAsync(1, Ct));

        // The one that comes back first does not take the other's index, though it is lower and without a process.
        await first.KillAsync(Ct);
        await second.KillAsync(Ct);
        await second.StartAsync(Ct);
        var back = await cluster.UntilParameterStoreIsBackAsync(before[1], Ct);
        await first.StartAsync(Ct);

        Assert.Equal((second.Instance, before[1].Address), (back.Instance, back.Address));
        Assert.Equal(first.Instance, (await cluster.UntilParameterStoreIsBackAsync(before[0], Ct)).Instance);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Suspend_StorePastItsLease_GoesOnInItsIncarnation()
    {
        var cluster = await ShareClusterAsync(ThreeStores);
        var before = await cluster.ParameterStoreTasksAsync(Ct);
        var store = await cluster.ParameterStoreAsync(1, Ct);

        store.Suspend();
        await Poll.UntilAsync("its lease runs out", () => cluster.ParameterStoreTasksAsync(Ct), tasks => tasks.Length == 2, Limit, Ct);
        store.Resume();

        var after = await Poll.UntilAsync("it is back", () => cluster.ParameterStoreTasksAsync(Ct), tasks => tasks.Length == 3, Limit, Ct);
        Assert.Equal(before.Select(task => (task.Index, task.Incarnation)), after.Select(task => (task.Index, task.Incarnation)));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Stop_Store_EndsWithZeroAndHandsItsIndexBack()
    {
        var cluster = await ShareClusterAsync(ThreeStores);
        var leaver = await cluster.ParameterStoreAsync(0, Ct);

        Assert.Equal(0, await leaver.StopAsync(Ct));

        Assert.Equal([1, 2], (await cluster.ParameterStoreTasksAsync(Ct)).Select(task => task.Index));
        await leaver.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Main_WrongSetting_IsOneLineThatNamesIt()
    {
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = "127.0.0.1:1,password=none,connectRetry=0",
            ["CLUSTER_KEY"] = "a-key-of-a-test-cluster",
            ["ParameterStore__SendTimeout"] = "00:20:00",
        };

        var answer = await CommandProcess.RunAsync("services/ParameterStore/ParameterStore.csproj", [], environment, Ct);

        Assert.Equal(2, answer.ExitCode);
        var line = Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("SendTimeout", line, StringComparison.Ordinal);
        Assert.Contains("00:20:00: must be from 00:00:00.1000000 to 00:10:00", line, StringComparison.Ordinal);
    }
}
