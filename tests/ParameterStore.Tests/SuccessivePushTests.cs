using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Shards;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;

namespace Cluster.ParameterStore.Tests;

/// <summary>A worker with several blocks pushes one after the other, without waiting for an answer in between.</summary>
public sealed class SuccessivePushTests : IAsyncLifetime
{
    private const int Steps = 500;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Push_OwnerIsBusy_EachPushKeepsItsOwnFloats()
    {
        await _host.OpenAsync(StoreHost.Settings(2, lanes: 3), 0, StoreHost.First, null, _ct);
        await _host.AdvanceAsync(0, StoreHost.First, 0, 0, Steps, _ct);
        var sink = new StepSink(2);
        using var stream = new ExchangeStream(_host.Channel.Invoker, 0, sink, _ct);
        var receiving = stream.RunAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        var busy = KeepOwnerBusyAsync(_host.Loop(0), stop.Token);

        await stream.AttachAsync(StoreHost.Job, StoreHost.First, worker: 1);
        float[][] gradients = [[1, 2], [10, 20], [100, 200]];
        for (var step = 0; step < Steps; step++)
        {
            for (var lane = 0; lane < gradients.Length; lane++)
                await stream.PushAsync(StoreHost.First, new LaneBlock(lane, 1), step, 1, gradients[lane]);
            await sink.ReceivedAsync().AsTask().WaitAsync(StoreHost.Limit, _ct);
        }

        await stop.CancelAsync();
        await busy;
        var end = await _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.TryGetVersion(Steps, out var version) ? version.Values.ToArray() : []);
        // Halves below 2^23 are exact in float32, so every sum is.
        Assert.Equal([0.5f - (111f * Steps), 0.5f - (222f * Steps)], end);
        await stream.CompleteAsync();
        await receiving.WaitAsync(StoreHost.Limit, _ct);
    }

    private static Task KeepOwnerBusyAsync(ShardLoop loop, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await loop.CallAsync(() =>
            {
                Thread.SpinWait(2_000);
                return true;
            });
        }
    }, CancellationToken.None);
}
