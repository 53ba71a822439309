using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

/// <summary>A shard whose loop has failed: its state is gone while its process lives on.</summary>
public sealed class FailedShardTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Open_GenerationThatWasLostHere_IsNotServedAgainAndTheNextOneIs()
    {
        var settings = StoreHost.Settings(3);
        await _host.OpenAsync(settings, 0, StoreHost.First, null, _ct);
        var failed = _host.Loop(0).Completion;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _host.Loop(0).CallAsync<int>(() => throw new IOException("planted")));
        await failed.WaitAsync(StoreHost.Limit, _ct);

        var lost = await ReportAsync();
        var again = await _host.Control.OpenAsync(Request(StoreHost.First, settings), cancellationToken: _ct);
        Assert.All([lost, again], report => Assert.Equal((StoreHost.First, V1.Phase.Idle), (report.Generation.ToGeneration(), report.Phase)));

        await _host.OpenAsync(settings, 0, new Generation(2, 9), null, _ct);
        Assert.Equal(new Generation(2, 9), (await ReportAsync()).Generation.ToGeneration());
    }

    private static V1.OpenRequest Request(Generation generation, V1.Shard settings) =>
        new() { Job = StoreHost.Job, Task = 0, Generation = StoreHost.Message(generation), Shard = settings };

    private async Task<V1.ShardReport> ReportAsync() =>
        await _host.Control.ReportAsync(new V1.ReportRequest { Job = StoreHost.Job, Task = 0 }, cancellationToken: _ct);
}
