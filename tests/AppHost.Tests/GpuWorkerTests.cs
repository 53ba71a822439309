using Cluster.AppHost.Tests.Processes;
using Cluster.CudaDouble;

namespace Cluster.AppHost.Tests;

/// <summary>Workers that the app host gives a GPU each. One that finds none is in <see cref="AppHostProcessTests"/>.</summary>
[Collection(EphemeralAppHostTests.Name)]
public sealed class GpuWorkerTests(EphemeralAppHost host)
{
    private const int TestLimit = 300_000;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact(Timeout = TestLimit)]
    public async Task Start_GpuWorkersOnTwoGpus_EachHasOneAndTheOthersNone()
    {
        var driver = CudaDoubleDriver.TryBuild(out var reason);
        Assert.SkipWhen(driver is null, reason);
        await host.StartAsync(_ct);

        await using var cluster = host.Connect();
        var gpus = (await cluster.ListTasksAsync(_ct)).Where(task => task.JobName == "worker")
            .Select(task => task.Devices.Count(device => device.Name.Contains("GPU", StringComparison.Ordinal)));
        Assert.Equal([0, 0, 1, 1], gpus.Order());
    }
}
