using System.Runtime.InteropServices;
using Cluster.Contracts.Devices;
using Cluster.DataPlane;
using Cluster.DataPlane.Client;
using Cluster.DataPlane.Frames;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

public sealed class ExchangeTests : IAsyncLifetime
{
    // So large that a push gets its vector when it begins.
    private const int Large = (1 << 20) + 1;

    private static readonly LaneBlock Lane = new(0, 1);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WorkersOnTheirStreams_EndsThemAtOnceAndHandsBackTheLeases()
    {
        await OpenAsync(StoreHost.Settings(2));
        using var attached = await AttachAsync(new RecordingSink(2), worker: 1);
        using var unattached = new ExchangeStream(_host.Channel.Invoker, 1, new RecordingSink(2), _ct);
        var reading = unattached.RunAsync();

        await _host.StopAsync(_ct).WaitAsync(StoreHost.Limit, _ct);

        // In order: a server that waits for the workers breaks their streams when its time is over.
        await reading.WaitAsync(StoreHost.Limit, _ct);
        Assert.Empty(_host.Log.Lines);
        Assert.Empty(await _host.Registry.ListAsync(JobNames.ParameterStore));
    }

    [Fact]
    public async Task Dispose_BetweenTwoReads_EndsTheReadingWithoutAnError()
    {
        await OpenAsync(StoreHost.Settings(2));
        var stream = new ExchangeStream(_host.Channel.Invoker, 1, new RecordingSink(2), _ct);

        stream.Dispose();

        await stream.RunAsync().WaitAsync(StoreHost.Limit, _ct);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_009)]
    [InlineData(FrameLimits.FloatsPerFrame)]
    [InlineData(FrameLimits.FloatsPerFrame + 1)]
    [InlineData(1 << 20)]
    [InlineData(Large)]
    public async Task Push_SliceOfAnyLength_ComesBackAppliedWithExactBits(int length)
    {
        await OpenAsync(StoreHost.Settings(length));
        var sink = new RecordingSink(length);
        using var stream = await AttachAsync(sink, worker: 1);
        float[] gradient = [.. Enumerable.Range(0, length).Select(i => (i * 0.37f) - 11)];

        for (long clock = 0; clock < 2; clock++)
        {
            await stream.PushAsync(StoreHost.First, Lane, clock, 3, gradient);
            Assert.Equal(new SliceLabel(StoreHost.First, clock + 1), await sink.NextAsync<SliceLabel>(_ct));
        }

        float[] expected = [.. gradient.Select(g => 0.5f - g - g)];
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(sink.Parameters)));
        var report = await _host.UntilAsync(0, _ => true, _ct);
        Assert.Equal((6L, 2L), (report.Examples, report.Outcomes[nameof(PushOutcome.Admitted)]));
    }

    [Fact]
    public async Task Push_SecondBeforeTheOwnerCameToTheFirst_KeepsBoth()
    {
        await OpenAsync(StoreHost.Settings(3, lanes: 2));
        var sink = new RecordingSink(3);
        using var stream = await AttachAsync(sink, worker: 1);
        using var other = await AttachAsync(new RecordingSink(3), worker: 2);
        Assert.True(_host.Pool.Find(0)!.TryFind(StoreHost.Job, out var shard));
        using var busy = new ManualResetEventSlim();
        var held = Task.Run(() => shard.Loop.CallAsync(() => busy.Wait(StoreHost.Limit)), _ct);

        await stream.PushAsync(StoreHost.First, Lane, 0, 1, new float[] { 1, 2, 3 });
        await stream.PushAsync(StoreHost.First, new LaneBlock(1, 1), 0, 1, new float[] { 10, 20, 30 });
        // The second one is on its way through the same connection when the first is let in.
        await other.RequestAsync(StoreHost.First, -1);
        busy.Set();

        Assert.True(await held.WaitAsync(StoreHost.Limit, _ct));
        Assert.Equal(new SliceLabel(StoreHost.First, 1), await sink.NextAsync<SliceLabel>(_ct));
        Assert.Equal([0.5f - 11, 0.5f - 22, 0.5f - 33], sink.Parameters);
    }

    [Fact]
    public async Task Push_AsynchronousLane_IsAppliedAndAnsweredAfterItsParameters()
    {
        await OpenAsync(StoreHost.Settings(5, lanes: 3, isAsync: true));
        var sink = new RecordingSink(5);
        using var stream = await AttachAsync(sink, worker: 1);

        await stream.PushAsync(StoreHost.First, new LaneBlock(2, 1), 0, 1, new float[] { 1, 2, 3, 4, 5 });

        Assert.Equal(1, (await sink.NextAsync<SliceLabel>(_ct)).Version);
        var answer = await sink.NextAsync<PushAnswer>(_ct);
        Assert.Equal((PushOutcome.Admitted, 1L), (answer.Outcome, answer.Expected));
        Assert.Equal([-0.5f, -1.5f, -2.5f, -3.5f, -4.5f], sink.Parameters);
    }

    [Fact]
    public async Task Attach_JobThatIsNotOpen_IsNotReady()
    {
        var sink = new RecordingSink(1);
        using var stream = new ExchangeStream(_host.Channel.Invoker, 0, sink, _ct);
        var receiving = stream.RunAsync();
        await stream.AttachAsync("nobody", StoreHost.First, 1);

        Assert.Equal(PushOutcome.NotReady, await sink.NextAsync<PushOutcome>(_ct));
        await stream.RequestAsync(StoreHost.First, -1);
        Assert.Equal(PushOutcome.NotReady, (await sink.NextAsync<ParametersAnswer>(_ct)).Outcome);
        Assert.False(receiving.IsCompleted);
    }

    [Fact]
    public async Task Push_OlderGeneration_IsSuperseded()
    {
        await OpenAsync(StoreHost.Settings(2));
        var sink = new RecordingSink(2);
        using var stream = await AttachAsync(sink, worker: 1);
        await _host.OpenAsync(StoreHost.Settings(2), 0, new Generation(2, 9), null, _ct);

        await stream.PushAsync(StoreHost.First, Lane, 0, 1, new float[2]);

        Assert.Equal(PushOutcome.Superseded, (await sink.NextAsync<PushAnswer>(_ct)).Outcome);
    }

    [Fact]
    public async Task Request_EachVersion_IsAnsweredByItOrTheNewestOrWaits()
    {
        await OpenAsync(StoreHost.Settings(2));
        var sink = new RecordingSink(2);
        using var stream = await AttachAsync(sink, worker: 1);
        for (long clock = 0; clock < 3; clock++)
        {
            await stream.PushAsync(StoreHost.First, Lane, clock, 1, new float[] { -1, -10 });
            await sink.NextAsync<SliceLabel>(_ct);
        }

        foreach (var (asked, given) in new[] { (2L, 2L), (3, 3), (1, 3), (-1, 3), (9, 3), (2, 2) })
        {
            await stream.RequestAsync(StoreHost.First, asked);
            Assert.Equal(new SliceLabel(StoreHost.First, given), await sink.NextAsync<SliceLabel>(_ct));
            Assert.Equal([0.5f + given, 0.5f + (10 * given)], sink.Parameters);
        }

        await stream.RequestAsync(StoreHost.First, 4);
        Assert.Equal(new ParametersAnswer(PushOutcome.Admitted, -1), await sink.NextAsync<ParametersAnswer>(_ct));
        await stream.PushAsync(StoreHost.First, Lane, 3, 1, new float[] { -1, -10 });
        Assert.Equal(4, (await sink.NextAsync<SliceLabel>(_ct)).Version);
    }

    [Theory]
    [InlineData(3 * FrameLimits.FloatsPerFrame)]
    [InlineData(Large)]
    public async Task Stream_KilledInMidPush_LeaksNoVector(int length)
    {
        await OpenAsync(StoreHost.Settings(length));
        var available = await _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.Vectors.Available);
        for (ulong worker = 1; worker <= 8; worker++)
        {
            using var call =
                _host.Channel.Invoker.AsyncDuplexStreamingCall(ExchangeMethod.Client, null, default);
            await SendAsync(call, Attach(worker), "job-1"u8.ToArray());
            Assert.True(await call.ResponseStream.MoveNext(_ct));
            call.ResponseStream.Current.Dispose();
            var part = new FrameHeader
            {
                Kind = FrameKind.Push,
                Attachment = 1,
                Generation = StoreHost.First,
                Block = Lane,
                Value = 1,
                Length = length,
                Here = 100
            };
            await call.RequestStream.WriteAsync(new SentFrame { Header = part, Floats = new float[100] }, _ct);
        }

        await _host.UntilAsync(0, report => report.Streams == 0, _ct);
        Assert.Equal(available, await _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.Vectors.Available));
    }

    [Theory]
    [InlineData(3 * FrameLimits.FloatsPerFrame)]
    [InlineData(Large)]
    public async Task Push_BeforeTheLastOneIsWhole_IsRefusedAndLeaksNoVector(int length)
    {
        await OpenAsync(StoreHost.Settings(length));
        var available = await _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.Vectors.Available);
        using (var call = _host.Channel.Invoker.AsyncDuplexStreamingCall(ExchangeMethod.Client, null, default))
        {
            await SendAsync(call, Attach(1), "job-1"u8.ToArray());
            Assert.True(await call.ResponseStream.MoveNext(_ct));
            call.ResponseStream.Current.Dispose();
            var part = new FrameHeader
            {
                Kind = FrameKind.Push,
                Attachment = 1,
                Generation = StoreHost.First,
                Block = Lane,
                Value = 1,
                Length = length,
                Here = 100
            };

            for (var i = 0; i < 2; i++)
                await call.RequestStream.WriteAsync(new SentFrame { Header = part, Floats = new float[100] }, _ct);

            var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(_ct));
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.Contains("the slice before it is not complete", refused.Status.Detail, StringComparison.Ordinal);
        }

        await _host.UntilAsync(0, report => report.Streams == 0, _ct);
        Assert.Equal(available, await _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.Vectors.Available));
    }

    [Fact]
    public async Task Reader_ThatHasStopped_BlocksNobodyAndIsCutOff()
    {
        await _host.DisposeAsync();
        _host = await StoreHost.StartAsync(_ct, sendTimeout: TimeSpan.FromSeconds(3));
        const int length = 1 << 20;
        const int steps = 40;
        await OpenAsync(StoreHost.Settings(length, lanes: 2, isAsync: true));
        using var stoppedChannel = new ExchangeChannel(_host.Address, _host.Key);
        using var stopped =
            stoppedChannel.Invoker.AsyncDuplexStreamingCall(ExchangeMethod.Client, null, default);
        await SendAsync(stopped, Attach(worker: 9), "job-1"u8.ToArray());
        for (var i = 0; i < 200; i++)
            await SendAsync(stopped, new FrameHeader { Kind = FrameKind.Request, Attachment = 1, Generation = StoreHost.First, Clock = -1 });
        var sink = new RecordingSink(length);
        using var stream = await AttachAsync(sink, worker: 1);
        var gradient = new float[length];

        for (long clock = 0; clock < steps; clock++)
        {
            await stream.PushAsync(StoreHost.First, Lane, clock, 1, gradient);
            await sink.NextAsync<SliceLabel>(_ct);
            await sink.NextAsync<PushAnswer>(_ct);
            await SendAsync(stopped, new FrameHeader { Kind = FrameKind.Request, Attachment = 1, Generation = StoreHost.First, Clock = -1 }, mayFail: true);
        }

        Assert.InRange(_host.Loop(0).SlicesHeld, 1, 5);
        await _host.UntilAsync(0, report => report.Streams == 1, _ct);
    }

    [Theory]
    [InlineData(2, 3, 3, "frame.length")]
    [InlineData(2, 1, 2, "frame.offset")]
    [InlineData(99, 0, 0, "frame.kind")]
    [InlineData(19, 0, 0, "frame.kind")]
    [InlineData(32, 2, 2, "frame.kind")]
    public async Task Frame_Malformed_IsRefusedWithItsField(byte kind, int length, int here, string field)
    {
        await OpenAsync(StoreHost.Settings(2));
        using var call = _host.Channel.Invoker.AsyncDuplexStreamingCall(ExchangeMethod.Client, null, default);
        await SendAsync(call, Attach(1), "job-1"u8.ToArray());
        Assert.True(await call.ResponseStream.MoveNext(_ct));
        call.ResponseStream.Current.Dispose();

        var header = new FrameHeader
        {
            Kind = (FrameKind)kind,
            Attachment = 1,
            Generation = StoreHost.First,
            Block = Lane,
            Value = 1,
            Length = length,
            Here = here
        };
        await call.RequestStream.WriteAsync(new SentFrame { Header = header, Floats = new float[here] }, _ct);

        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(_ct));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(field, refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WithWrongKey_IsRefused()
    {
        using var channel = new ExchangeChannel(_host.Address, "not-the-cluster-key");
        using var stream = new ExchangeStream(channel.Invoker, 0, new RecordingSink(1), _ct);

        var refused = await Assert.ThrowsAsync<RpcException>(stream.RunAsync);
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
    }

    private Task OpenAsync(V1.Shard settings) => _host.OpenAsync(settings, _ct);

    private Task<ExchangeStream> AttachAsync(RecordingSink sink, ulong worker) => _host.AttachAsync(sink, worker, _ct);

    private static FrameHeader Attach(ulong worker) => new()
    {
        Kind = FrameKind.Attach,
        Attachment = 1,
        Generation = StoreHost.First,
        Value = (long)worker,
        Length = StoreHost.Job.Length,
    };

    private async Task SendAsync(AsyncDuplexStreamingCall<SentFrame, ReceivedFrame> call, FrameHeader header, byte[]? text = null, bool mayFail = false)
    {
        try
        {
            await call.RequestStream.WriteAsync(new SentFrame { Header = header, Text = text }, _ct);
        }
        catch (Exception e) when (mayFail && e is RpcException or InvalidOperationException or IOException)
        {
            // Cut off by now.
        }
    }
}
