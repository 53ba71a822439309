using System.Net.Http.Headers;
using Cluster.Client.Tasks;
using Cluster.Contracts.Jobs;
using Cluster.CudaDouble;
using Cluster.Storage.Registry;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd;

/// <summary>Worker processes that claim one GPU each, of two that the driver's test double shows to all of them.</summary>
public sealed class GpuClaimTests(SharedBroker broker) : ClusterTest(broker)
{
    private const string AllClaimed = "all 2 GPUs of this machine are claimed; waiting for one";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    [Fact(Timeout = TestLimit)]
    public async Task Start_ThreeWorkersOnTwoGpus_EachHasAnotherAndTheThirdTakesThatOfOneThatDies()
    {
        const long points = 1 << 24;
        var cluster = await StartCoordinatorAsync();
        await StartClaimingAsync(cluster, 0, 1);
        await cluster.Workers[2].StartAsync(Ct);
        await UntilLoggedAsync(cluster.Workers[2], AllClaimed);
        Assert.Contains(AllClaimed, await HealthAsync(cluster, cluster.Workers[2]), StringComparison.Ordinal);
        Assert.Equal(["worker-0", "worker-1"], await HoldersAsync(cluster));

        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = points, Seed = 4, Device = "/gpu:*" }, cancellationToken: Ct);
        await AssertInsideAsync(cluster, job, PiOracle.ByKernel(points, 4));
        Assert.All(await cluster.WorkerTasksAsync(Ct), AssertHasOneGpu);

        await cluster.Workers[0].KillAsync(Ct);
        await UntilHeldAsync(cluster, "worker-1", "worker-2");
        await cluster.Workers[0].StartAsync(Ct);
        await UntilLoggedAsync(cluster.Workers[0], AllClaimed);

        // Told to stop, it hands its GPU back.
        Assert.Equal(0, await cluster.Workers[1].StopAsync(Ct));
        await UntilHeldAsync(cluster, "worker-0", "worker-2");
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_WorkerThatComesBack_TakesItsOwnGpuThoughAnotherWaits()
    {
        var cluster = await StartCoordinatorAsync();
        await StartClaimingAsync(cluster, 0, 1);
        var before = await ClaimsAsync(cluster);

        await cluster.Workers[1].KillAsync(Ct);
        await cluster.Workers[1].StartAsync(Ct);
        await cluster.Workers[2].StartAsync(Ct);

        await UntilHeldAsync(cluster, "worker-0", "worker-1");
        await UntilLoggedAsync(cluster.Workers[2], AllClaimed);
        Assert.Equal(before.Select(claim => (claim.JobName, claim.Instance)), (await ClaimsAsync(cluster)).Select(claim => (claim.JobName, claim.Instance)));
        Assert.DoesNotContain(cluster.Workers[1].Log, line => line.Contains("waiting for one", StringComparison.Ordinal));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Resume_WorkerWhoseGpuAnotherHasClaimed_LeavesItAloneAndEnds()
    {
        var cluster = await StartCoordinatorAsync();
        await StartClaimingAsync(cluster, 0, 1);
        cluster.Workers[0].Suspend();
        await cluster.Workers[2].StartAsync(Ct);
        await UntilHeldAsync(cluster, "worker-1", "worker-2");

        cluster.Workers[0].Resume();
        await cluster.Workers[0].UntilEndedAsync(Limit, Ct);

        Assert.Equal(1, await cluster.Workers[0].StopAsync(Ct));
        Assert.Contains(cluster.Workers[0].Log, line => line.Contains("another process has claimed the GPU of this one", StringComparison.Ordinal));
        Assert.Equal(["worker-1", "worker-2"], await HoldersAsync(cluster));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_MachineWithoutAGpu_EndsAtOnceAndSaysWhy()
    {
        var cluster = await StartCoordinatorAsync(
            new Dictionary<string, string> { ["Worker__Gpus"] = "one", [CudaDoubleDriver.DriverVariable] = "/nowhere/libcuda.so" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Workers[0].StartAsync(Ct));

        Assert.Equal(2, await cluster.Workers[0].StopAsync(Ct));
        Assert.Contains(cluster.Workers[0].Log, line =>
            line == "Worker__Gpus: one: there is no GPU to claim: No NVIDIA driver: /nowhere/libcuda.so cannot be loaded.");
    }

    [Fact(Timeout = TestLimit)]
    public async Task Start_NoGpuAllowed_DoesNotLoadTheDriver()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's");
        var path = DoublePath();
        var cluster = await StartCoordinatorAsync(Environment(path, "none"));
        await cluster.Workers[0].StartAsync(Ct);
        await cluster.Workers[1].StartAsync(Ct);
        var tasks = await Poll.UntilAsync("two workers", () => cluster.WorkerTasksAsync(Ct), tasks => tasks.Length == 2, Limit, Ct);
        Assert.All(tasks, task => Assert.Equal(("Worker__Gpus is 'none'", 1), (task.WithoutGpu, task.Devices.Count)));
        Assert.DoesNotContain(path, await File.ReadAllTextAsync(FormattableString.Invariant($"/proc/{cluster.Workers[0].Id}/maps"), Ct),
            StringComparison.Ordinal);
        Assert.Empty(await ClaimsAsync(cluster));
    }

    private static string DoublePath()
    {
        var path = CudaDoubleDriver.TryBuild(out var reason);
        Assert.SkipWhen(path is null, reason);
        return path!;
    }

    private static Dictionary<string, string> Environment(string driver, string gpus)
        => new(CudaDoubleDriver.Environment(driver, "devices=2")) { ["Worker__Gpus"] = gpus };

    /// <summary>A cluster of three workers, of which none is started.</summary>
    private async Task<TestCluster> StartCoordinatorAsync(Dictionary<string, string>? environment = null)
    {
        var options = new TestClusterOptions(Workers: 3) { WorkerEnvironment = environment ?? Environment(DoublePath(), "one") };
        var cluster = Own(await TestCluster.CreateAsync(options, await NewVirtualHostAsync(), Ct));
        await cluster.Coordinator.StartAsync(Ct);
        return cluster;
    }

    /// <summary>Starts workers one after the other, each when the one before takes work.</summary>
    private static async Task StartClaimingAsync(TestCluster cluster, params int[] workers)
    {
        foreach (var worker in workers)
        {
            await cluster.Workers[worker].StartAsync(Ct);
            await Poll.UntilAsync("it is there", () => cluster.WorkerTasksAsync(Ct),
                tasks => tasks.Any(task => task.Instance == cluster.Workers[worker].Instance), Limit, Ct);
        }
    }

    private static void AssertHasOneGpu(ClusterTask task)
        => Assert.Equal([$"/job:worker/replica:0/task:{task.Index}/device:CPU:0", $"/job:worker/replica:0/task:{task.Index}/device:GPU:0"],
        task.Devices.Select(device => device.Name));

    private static Task<bool> UntilLoggedAsync(ServiceProcess process, string text) => Poll.UntilAsync($"the log has '{text}'",
        () => Task.FromResult(process.Log.Any(line => line.Contains(text, StringComparison.Ordinal))), found => found, Limit, Ct);

    private static async Task UntilHeldAsync(TestCluster cluster, params string[] instances)
    {
        await Poll.UntilAsync($"{string.Join(" and ", instances)} hold the GPUs", () => HoldersAsync(cluster),
            holders => holders.SequenceEqual(instances), Limit, Ct);
        await Poll.UntilAsync("they take work", () => cluster.WorkerTasksAsync(Ct),
            tasks => instances.All(instance => tasks.Any(task => task.Instance == instance)), Limit, Ct);
    }

    private static async Task<string[]> HoldersAsync(TestCluster cluster) => [.. (await ClaimsAsync(cluster)).Select(claim => claim.Instance).Order()];

    /// <summary>The leases on GPUs that stand, by UUID.</summary>
    private static async Task<IReadOnlyList<RegisteredTask>> ClaimsAsync(TestCluster cluster)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        var registry = new RedisRegistry(redis);
        var claims = new List<RegisteredTask>();
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: "cluster:registry:{GPU-*}").WithCancellation(Ct))
            claims.AddRange(await registry.ListAsync($"{key}".Split('{', '}')[1]));
        return [.. claims.OrderBy(claim => claim.JobName, StringComparer.Ordinal)];
    }

    private static async Task<string> HealthAsync(TestCluster cluster, ServiceProcess process)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(process.Endpoints.Http, "/health"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", cluster.Connection.Key);
        using var answer = await Http.SendAsync(request, Ct);
        Assert.False(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync(Ct);
    }
}
