using Cluster.Compute.Devices;
using Cluster.Contracts.Devices;
using Cluster.Storage.Registry;
using Cluster.Testing;
using Cluster.Worker.Slots;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cluster.Worker.Tests.Slots;

public sealed class GpuClaimOnGarnetTests(RedisServers servers) : GpuClaimTests(servers, RedisKind.Garnet);

public sealed class GpuClaimOnRedisServerTests(RedisServers servers) : GpuClaimTests(servers, RedisKind.RedisServer);

/// <summary>Claims of processes that see the same GPUs.</summary>
public abstract class GpuClaimTests(RedisServers servers, RedisKind kind) : RedisTest(servers, kind)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<DeviceInfo> _gpus = [Gpu(0), Gpu(1)];

    [Fact]
    public async Task Acquire_OneAfterTheOther_EachHasAnotherAndTheNextWaitsForOne()
    {
        await using GpuClaim a = Process("a"), b = Process("b"), c = Process("c");
        var (ofA, ofB) = (await AcquireAsync(a), await AcquireAsync(b));
        Assert.Equal([0, 1], [ofA.Index, ofB.Index]);
        Assert.Equal(["", ""], [a.Waiting, b.Waiting]);

        var waiting = c.AcquireAsync(_gpus, Ct);
        await UntilAsync(() => c.Waiting.Length > 0);
        Assert.Equal("all 2 GPUs of this machine are claimed; waiting for one", c.Waiting);
        Assert.False(waiting.IsCompleted);

        await b.DisposeAsync();
        Assert.Equal((ofB, ""), (await waiting.WaitAsync(Limit, Ct), c.Waiting));
    }

    [Fact]
    public async Task Acquire_ProcessThatComesBack_TakesItsOwnAtOnceAndTheOldOneHearsOfIt()
    {
        await using GpuClaim a = Process("a"), before = Process("b"), after = Process("b");
        await AcquireAsync(a);
        var own = await AcquireAsync(before);

        Assert.Equal(own, await AcquireAsync(after));
        Assert.Equal("", after.Waiting);
        await UntilAsync(() => before.Lost.IsCancellationRequested);
        Assert.Equal((false, false), (a.Lost.IsCancellationRequested, after.Lost.IsCancellationRequested));
    }

    [Fact]
    public async Task Acquire_ContainerThatSeesOneGpuAsItsFirst_FindsItClaimed()
    {
        await using GpuClaim a = Process("a"), b = Process("b"), c = Process("c");
        await AcquireAsync(a);
        var second = await AcquireAsync(b);

        var waiting = c.AcquireAsync([second with { Index = 0 }], Ct);
        await UntilAsync(() => c.Waiting.Length > 0);
        Assert.Equal("the GPU of this machine is claimed; waiting for it", c.Waiting);

        await b.DisposeAsync();
        Assert.Equal((0, second.Uuid), (await waiting.WaitAsync(Limit, Ct)) is var gpu ? (gpu.Index, gpu.Uuid) : default);
    }

    [Fact]
    public async Task Acquire_ManyAtOnce_NoneIsGivenTwice()
    {
        var gpus = Enumerable.Range(0, 8).Select(Gpu).ToList();
        var claims = Enumerable.Range(0, gpus.Count).Select(i => Process($"process {i}")).ToList();
        var claimed = await Task.WhenAll(claims.Select(claim => Task.Run(() => claim.AcquireAsync(gpus, Ct), Ct))).WaitAsync(Limit, Ct);
        Assert.Equal(gpus, claimed.OrderBy(gpu => gpu.Index));
        foreach (var claim in claims) await claim.DisposeAsync();
    }

    [Fact]
    public async Task Acquire_GivenUp_Ends()
    {
        await using GpuClaim a = Process("a"), b = Process("b"), c = Process("c");
        await AcquireAsync(a);
        await AcquireAsync(b);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = c.AcquireAsync(_gpus, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit, Ct));
    }

    private static DeviceInfo Gpu(int index) => new(DeviceType.Gpu, index, "a GPU", 1 << 30, 1, "") { Uuid = $"GPU-{Guid.NewGuid()}" };

    private Task<DeviceInfo> AcquireAsync(GpuClaim claim) => claim.AcquireAsync(_gpus, Ct).WaitAsync(Limit, Ct);

    private GpuClaim Process(string instance)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}",
        }).Build();
        return new GpuClaim(new RedisRegistry(Redis), configuration, TimeProvider.System, NullLogger<GpuClaim>.Instance);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
    }
}
