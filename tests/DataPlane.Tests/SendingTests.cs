using System.Threading.Channels;
using Cluster.DataPlane.Frames;
using Cluster.DataPlane.Sending;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Grpc.Core;

namespace Cluster.DataPlane.Tests;

public sealed class SendingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sender_WorkerThatDoesNotRead_KeepsTheNewestSliceOnly()
    {
        var writer = new StoppedWriter();
        var sender = new FrameSender(writer, TimeProvider.System);
        var vectors = new VectorPool(2, SlicePool.Capacity(1));
        var pool = new SlicePool(SlicePool.Capacity(1));
        var sending = sender.RunAsync();

        for (var version = 0; version < 100; version++)
        {
            var vector = vectors.Rent();
            vector.Values.Fill(version);
            var slice = pool.Rent(new SliceLabel(new Generation(1, 1), version), 100 + version, vector, []);
            vector.Release();
            sender.Post(slice, attachment: 1);
            slice.Release();
        }

        Assert.Equal((2, 2), (pool.Rented, vectors.Rented));
        Assert.Equal(98, sender.Replaced);
        Assert.True(sender.IsStuck(TimeSpan.Zero));
        writer.Resume();
        await writer.Written(2).WaitAsync(Limit, _ct);
        sender.Complete();
        await sending.WaitAsync(Limit, _ct);
        Assert.Equal([0, 99], writer.Clocks);
        Assert.Equal((0, 0), (pool.Rented, vectors.Rented));
    }

    [Fact]
    public void Post_MoreAnswersThanAWorkerCanOwe_IsRefused()
    {
        var sender = new FrameSender(new StoppedWriter(), TimeProvider.System);

        Assert.All(Enumerable.Range(0, FrameSender.MaxAnswers), _ => Assert.True(sender.TryPost(default)));
        Assert.False(sender.TryPost(default));
    }

    [Fact]
    public void Release_SliceTooOften_Throws()
    {
        var pool = new SlicePool(1);
        var slice = pool.Rent(default, 0, new VectorPool(1, 1).Rent(), []);
        slice.Release();

        Assert.Throws<ObjectDisposedException>(slice.Release);
        Assert.Throws<ObjectDisposedException>(() => slice.Values);
    }

    [Fact]
    public async Task WakeUp_SignalsFromAnotherThread_AreNeverLost()
    {
        const int rounds = 20_000;
        var (there, back) = (new WakeUp(), new WakeUp());
        var other = Task.Run(async () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                await there.WaitAsync();
                back.Set(inline: (i & 1) == 0);
            }
        }, _ct);

        await Task.Run(async () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                there.Set(inline: (i & 2) == 0);
                await back.WaitAsync();
            }
        }, _ct).WaitAsync(Limit, _ct);
        await other.WaitAsync(Limit, _ct);
    }

    /// <summary>A stream whose peer does not read until it is resumed.</summary>
    private sealed class StoppedWriter : IAsyncStreamWriter<SentFrame>
    {
        private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<bool> _written = Channel.CreateBounded<bool>(16);

        public List<long> Clocks { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public void Resume() => _resumed.SetResult();

        public async Task Written(int count)
        {
            for (var i = 0; i < count; i++) await _written.Reader.ReadAsync();
        }

        public async Task WriteAsync(SentFrame message)
        {
            Clocks.Add(message.Header.Clock);
            await _resumed.Task;
            _written.Writer.TryWrite(true);
        }
    }
}
