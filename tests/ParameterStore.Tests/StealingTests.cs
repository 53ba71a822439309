using System.Diagnostics;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Shards;
using Cluster.Protocol.Stealing;
using Microsoft.Extensions.Time.Testing;

namespace Cluster.ParameterStore.Tests;

public sealed class StealingTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StoreHost.StartAsync(_ct);
        await _host.OpenAsync(StoreHost.Settings(1, lanes: 4), _ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Hint_OneOfTwoWorkersIsSilent_GoesToTheOtherAfterTheGrace()
    {
        var sink = new RecordingSink(1);
        var silent = new RecordingSink(1);
        using var stream = await _host.AttachAsync(sink, worker: 5, _ct);
        using var other = await _host.AttachAsync(silent, worker: 6, _ct);
        var missing = new LaneBlock(2, 2);

        var pushed = Stopwatch.GetTimestamp();
        await stream.PushAsync(StoreHost.First, new LaneBlock(0, 2), 0, 1, new float[] { -1 });
        Assert.Equal(new StealHint(5, StoreHost.First, 0, missing), await sink.NextAsync<StealHint>(_ct));
        Assert.True(Stopwatch.GetElapsedTime(pushed) >= new StealOptions().InitialGrace);

        await stream.PushAsync(StoreHost.First, missing, 0, 1, new float[] { -2 });
        Assert.Equal(new SliceLabel(StoreHost.First, 1), await sink.NextAsync<SliceLabel>(_ct));
        Assert.Equal([3.5f], sink.Parameters);
        var report = await _host.UntilAsync(0, _ => true, _ct);
        Assert.Equal((1L, 2L), (report.Hints, report.Examples));

        // The displaced owner comes back: the silent one was asked for nothing, and is told.
        await other.PushAsync(StoreHost.First, missing, 0, 1, new float[] { -2 });
        Assert.Equal(new SliceLabel(StoreHost.First, 1), await silent.NextAsync<SliceLabel>(_ct));
        Assert.Equal((PushOutcome.Duplicate, true), await silent.NextAsync<PushAnswer>(_ct) is var answer ? (answer.Outcome, answer.Displaced) : default);
    }

    [Fact]
    public async Task Hint_NobodyWaits_IsNotGiven()
    {
        // Time goes on only while nobody waits, however long a busy machine takes between two pushes.
        var time = new FakeTimeProvider();
        await using var host = await StoreHost.StartAsync(_ct, time: time);
        await host.OpenAsync(StoreHost.Settings(1, lanes: 4), _ct);
        var sink = new RecordingSink(1);
        using var stream = await host.AttachAsync(sink, worker: 5, _ct);
        using var other = await host.AttachAsync(new RecordingSink(1), worker: 6, _ct);

        for (long clock = 0; clock < 20; clock++)
        {
            await stream.PushAsync(StoreHost.First, new LaneBlock(0, 2), clock, 1, new float[] { 1 });
            await other.PushAsync(StoreHost.First, new LaneBlock(2, 2), clock, 1, new float[] { 1 });
            Assert.Equal(clock + 1, (await sink.NextAsync<SliceLabel>(_ct)).Version);
            time.Advance(2 * new StealOptions().InitialGrace);
        }

        Assert.Equal(0, (await host.UntilAsync(0, _ => true, _ct)).Hints);
    }
}
