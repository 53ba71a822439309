using Cluster.Contracts.Devices;
using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Tasks;
using Cluster.ParameterStore.Tests.Cluster;
using Grpc.Core;
using StackExchange.Redis;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

public sealed class LeaseTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Lease_IndexHasANewHolder_ShardsAreDroppedStreamsEndAndTheTaskComesBackAsAnother()
    {
        await _host.OpenAsync(StoreHost.Settings(100), _ct);
        var sink = new RecordingSink(100);
        using var stream = new ExchangeStream(_host.Channel.Invoker, 0, sink, _ct);
        var receiving = stream.RunAsync();
        await stream.AttachAsync(StoreHost.Job, StoreHost.First, worker: 1);
        await sink.NextAsync<Protocol.Shards.PushOutcome>(_ct);
        var before = _host.Pool.Find(0)!.Incarnation;

        await using (var redis = await ConnectionMultiplexer.ConnectAsync(_host.Redis.ConnectionString))
        {
            await redis.GetDatabase().HashSetAsync($"cluster:registry:{{{JobNames.ParameterStore}}}", "0:lease",
                $"{DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds()}|900.00000000deadbeef|somebody-else");
        }

        await receiving.WaitAsync(StoreHost.Limit, _ct);
        var back = await UntilHeldAsync(index: 2);
        Assert.NotEqual(before, back.Incarnation);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await ReportAsync(0));
        Assert.Equal(StatusCode.NotFound, refused.StatusCode);
        Assert.Contains("task is 0", refused.Status.Detail, StringComparison.Ordinal);
        var report = await ReportAsync(2);
        Assert.Equal((back.Incarnation, 0L, 0L), (report.Incarnation, report.Generation.Counter, report.MemoryBytes));
        Assert.NotNull(_host.Pool.Find(1));
    }

    private async Task<V1.ShardReport> ReportAsync(int task) =>
        await _host.Control.ReportAsync(new V1.ReportRequest { Job = StoreHost.Job, Task = task }, cancellationToken: _ct);

    private async Task<ParameterStoreTask> UntilHeldAsync(int index)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(StoreHost.Limit);
        while (true)
        {
            if (_host.Pool.Find(index) is { } task) return task;
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
        }
    }
}
