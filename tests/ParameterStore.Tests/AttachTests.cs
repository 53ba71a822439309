using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Grpc.Core;

namespace Cluster.ParameterStore.Tests;

public sealed class AttachTests : IAsyncLifetime
{
    private static readonly LaneBlock Lane = new(0, 1);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StoreHost.StartAsync(_ct);
        var settings = StoreHost.Settings(3);
        settings.Streams = 2;
        await _host.OpenAsync(settings, _ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Attach_AllStreamsTaken_EndsWithResourceExhausted()
    {
        var sink = new RecordingSink(3);
        using var first = await _host.AttachAsync(sink, worker: 1, _ct);
        using (var second = await _host.AttachAsync(new RecordingSink(3), worker: 2, _ct))
        {
            var refused = await RefusedAsync(worker: 3);
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
            Assert.Contains("attach.streams is 3; job job-1 takes at most 2", refused.Status.Detail, StringComparison.Ordinal);
        }

        await _host.UntilAsync(0, report => report.Streams == 1, _ct);
        using var third = await _host.AttachAsync(new RecordingSink(3), worker: 3, _ct);
        await AssertServesAsync(first, sink);
    }

    [Fact]
    public async Task Attach_WorkerThatIsAttached_EndsWithAlreadyExists()
    {
        var sink = new RecordingSink(3);
        using var first = await _host.AttachAsync(sink, worker: 1, _ct);

        var refused = await RefusedAsync(worker: 1);

        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
        Assert.Contains("attach.worker is 1; another stream of job job-1", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Contains(_host.Log.Lines, line => line.Contains("attach.worker is 1", StringComparison.Ordinal));
        await AssertServesAsync(first, sink);
    }

    [Fact]
    public async Task Attach_RefusedWithPushesBehindIt_EndsAndKeepsNoBuffer()
    {
        var sink = new RecordingSink(3);
        using var first = await _host.AttachAsync(sink, worker: 1, _ct);
        var available = await AvailableAsync();

        for (var i = 0; i < 20; i++)
            Assert.Equal(StatusCode.AlreadyExists, (await RefusedAsync(worker: 1, pushes: 50)).StatusCode);

        Assert.Equal(available, await AvailableAsync());
        await AssertServesAsync(first, sink);
    }

    [Fact]
    public async Task Attach_AgainOnTheSameStream_TakesThePlaceOfTheFirst()
    {
        var sink = new RecordingSink(3);
        using var stream = await _host.AttachAsync(sink, worker: 1, _ct);

        for (var i = 0; i < 5; i++)
        {
            await stream.AttachAsync(StoreHost.Job, StoreHost.First, worker: 1);
            Assert.Equal(PushOutcome.Admitted, await sink.NextAsync<PushOutcome>(_ct));
        }

        Assert.Equal(1, (await _host.UntilAsync(0, _ => true, _ct)).Streams);
        await AssertServesAsync(stream, sink);
    }

    private async Task<RpcException> RefusedAsync(ulong worker, int pushes = 0)
    {
        using var stream = new ExchangeStream(_host.Channel.Invoker, 0, new RecordingSink(3), _ct);
        var receiving = stream.RunAsync();
        await stream.AttachAsync(StoreHost.Job, StoreHost.First, worker);
        try
        {
            for (var i = 0; i < pushes; i++)
                await stream.PushAsync(StoreHost.First, Lane, 0, 1, new float[3]);
        }
        catch (RpcException)
        {
            // It has ended; the reader says how.
        }

        return await Assert.ThrowsAsync<RpcException>(() => receiving.WaitAsync(StoreHost.Limit, _ct));
    }

    private Task<int> AvailableAsync() => _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.Vectors.Available);

    private async Task AssertServesAsync(ExchangeStream stream, RecordingSink sink)
    {
        await stream.PushAsync(StoreHost.First, Lane, 0, 1, new float[] { 1, 2, 3 });
        Assert.Equal(1, (await sink.NextAsync<SliceLabel>(_ct)).Version);
        Assert.Equal([-0.5f, -1.5f, -2.5f], sink.Parameters);
    }
}
