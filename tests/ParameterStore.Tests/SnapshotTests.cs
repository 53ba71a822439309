using System.Runtime.InteropServices;
using Cluster.Compute.Optimizers;
using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Cluster.Storage.Snapshots;
using StackExchange.Redis;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

public sealed class SnapshotTests : IAsyncLifetime
{
    private const int Boundary = 2;

    private static readonly LaneBlock Lane = new(0, 1);
    private static readonly Generation Second = new(2, 9);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;
    private ConnectionMultiplexer _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StoreHost.StartAsync(_ct);
        _redis = await ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null) await _redis.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Restore_SeveralChunksOfBothVectors_GoesOnWithTheSameBits()
    {
        const int length = (2 * SnapshotKeys.ChunkBytes / sizeof(float)) + 5;
        var settings = Settings(length);
        await _host.OpenAsync(settings, _ct, Boundary);
        var sink = new RecordingSink(length);
        var (written, key) = await WriteAsync(sink, length);
        for (var vector = 0; vector < 2; vector++)
        {
            var lengths = await Task.WhenAll(Enumerable.Range(0, 4).Select(chunk => Database.StringLengthAsync(SnapshotKeys.Chunk(key, vector, chunk))));
            Assert.Equal([SnapshotKeys.ChunkBytes, SnapshotKeys.ChunkBytes, 20, 0], lengths);
        }

        await _host.RestartAsync(_ct);
        await _host.OpenAsync(settings, 0, Second, Committed(written), _ct);
        AssertBits(TrainInMemory(length, Boundary), await ParametersAsync());
        await _host.AdvanceAsync(0, Second, Boundary, Boundary, 10, _ct);
        using var stream = new ExchangeStream(_host.Channel.Invoker, 0, sink, _ct);
        _ = stream.RunAsync();
        await stream.AttachAsync(StoreHost.Job, Second, worker: 1);
        await sink.NextAsync<PushOutcome>(_ct);
        await stream.PushAsync(Second, Lane, Boundary, 1, Gradient(length, Boundary));
        await sink.NextAsync<SliceLabel>(_ct);

        // The step after it depends on every bit of the slot.
        AssertBits(TrainInMemory(length, Boundary + 1), sink.Parameters);
    }

    [Theory]
    [InlineData(0, 0, "hash")]
    [InlineData(0, 399, "hash")]
    [InlineData(1, 17, "hash")]
    public async Task Restore_OneByteFlipped_LeavesTheGenerationAndSaysWhy(int vector, int place, string why)
    {
        var settings = Settings(100);
        await _host.OpenAsync(settings, _ct, Boundary);
        var (written, key) = await WriteAsync(new RecordingSink(100), 100);
        var chunk = SnapshotKeys.Chunk(key, vector, 0);
        byte[] bytes = (await Database.StringGetAsync(chunk))!;
        Assert.Equal(400, bytes.Length);
        bytes[place] ^= 1;
        await Database.StringSetAsync(chunk, bytes);

        await AssertUnreadableAsync(settings, written, why);
    }

    [Theory]
    [InlineData(false, "has 399 bytes")]
    [InlineData(true, "invalid")]
    public async Task Restore_CutShort_LeavesTheGenerationAndSaysWhy(bool head, string why)
    {
        var settings = Settings(100);
        await _host.OpenAsync(settings, _ct, Boundary);
        var (written, key) = await WriteAsync(new RecordingSink(100), 100);
        var name = head ? SnapshotKeys.Head(key) : SnapshotKeys.Chunk(key, 1, 0);
        byte[] bytes = (await Database.StringGetAsync(name))!;
        await Database.StringSetAsync(name, head ? "no snapshot"u8.ToArray() : bytes[..^1]);

        await AssertUnreadableAsync(settings, written, why);
    }

    [Fact]
    public async Task WriteAgain_SnapshotThatRedisLost_IsThereAgain()
    {
        await _host.OpenAsync(Settings(100), _ct, Boundary);
        var (written, key) = await WriteAsync(new RecordingSink(100), 100);
        RedisKey[] keys = [SnapshotKeys.Head(key), SnapshotKeys.Chunk(key, 0, 0), SnapshotKeys.Chunk(key, 1, 0)];
        var before = await Database.StringGetAsync(keys);
        Assert.Equal(3, await Database.KeyDeleteAsync(keys));

        var other = await WriteAgainAsync(written.Generation, clock: Boundary + 1);
        Assert.True(other.SnapshotWritten);
        other = await WriteAgainAsync(StoreHost.Message(new Generation(1, 8)), Boundary);
        Assert.True(other.SnapshotWritten);
        Assert.Equal(0, await Database.KeyExistsAsync(keys));
        await WriteAgainAsync(written.Generation, Boundary);
        await UntilExistsAsync(keys);

        await _host.UntilAsync(0, report => report.SnapshotWritten, _ct);
        Assert.Equal(before, await Database.StringGetAsync(keys));
        Assert.All(keys, name => Assert.InRange(Database.KeyTimeToLive(name) ?? TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task Write_RedisIsAway_ServesOnAndWritesWhenItIsBack()
    {
        await _host.OpenAsync(Settings(100), _ct, Boundary);
        var sink = new RecordingSink(100);
        using var stream = await _host.AttachAsync(sink, worker: 1, _ct);
        await _host.Redis.KillAsync(_ct);
        await StepAsync(stream, sink, 0);
        await StepAsync(stream, sink, 1);
        await _host.AdvanceAsync(0, StoreHost.First, 0, Boundary, 10, _ct);
        await StepAsync(stream, sink, 2);
        var away = await _host.UntilAsync(0, _ => true, _ct);
        Assert.Equal((Boundary, false, 3L), (away.SnapshotClock, away.SnapshotWritten, away.Examples));

        await _host.Redis.RestartAsync(_ct);
        var written = await _host.UntilAsync(0, report => report.SnapshotWritten, _ct);

        await using var anew = await ConnectAsync();
        byte[] parameters = (await anew.GetDatabase().StringGetAsync(SnapshotKeys.Chunk(KeyOf(written), 0, 0)))!;
        AssertBits(TrainInMemory(100, Boundary), MemoryMarshal.Cast<byte, float>(parameters).ToArray());
    }

    private IDatabase Database => _redis.GetDatabase();

    private Task<ConnectionMultiplexer> ConnectAsync() =>
        ConnectionMultiplexer.ConnectAsync(_host.Redis.ConnectionString + ",connectTimeout=20000,asyncTimeout=20000");

    private static V1.Shard Settings(int length)
    {
        var settings = StoreHost.Settings(length, usesAdagrad: true);
        settings.Streams = 1;
        return settings;
    }

    private async Task<(V1.ShardReport Report, SnapshotKey Key)> WriteAsync(RecordingSink sink, int length)
    {
        using var stream = await _host.AttachAsync(sink, worker: 1, _ct);
        for (long clock = 0; clock < Boundary; clock++)
            await StepAsync(stream, sink, clock, length);
        var written = await _host.UntilAsync(0, report => report.SnapshotWritten, _ct);
        Assert.Equal(Boundary, written.SnapshotClock);
        return (written, KeyOf(written));
    }

    private async Task StepAsync(ExchangeStream stream, RecordingSink sink, long clock, int length = 100)
    {
        await stream.PushAsync(StoreHost.First, Lane, clock, 1, Gradient(length, clock));
        Assert.Equal(clock + 1, (await sink.NextAsync<SliceLabel>(_ct)).Version);
    }

    private async Task AssertUnreadableAsync(V1.Shard settings, V1.ShardReport written, string why)
    {
        await _host.RestartAsync(_ct);
        await _host.Control.OpenAsync(new V1.OpenRequest
        {
            Job = StoreHost.Job,
            Generation = StoreHost.Message(Second),
            Shard = settings,
            Committed = Committed(written),
        }, cancellationToken: _ct);

        var report = await _host.UntilAsync(0, report => report.Phase != V1.Phase.Loading, _ct);
        Assert.Equal((V1.Phase.Idle, Second), (report.Phase, report.ToReport().Generation));
        Assert.Contains(_host.Log.Lines, line => line.Contains($"job-1: generation {Second} could not be loaded", StringComparison.Ordinal)
            && line.Contains(why, StringComparison.Ordinal));
        Assert.Contains(why, report.LoadError, StringComparison.Ordinal);
    }

    private async Task<V1.ShardReport> WriteAgainAsync(V1.Generation generation, long clock) => await _host.Control.WriteAgainAsync(
        new V1.WriteAgainRequest { Job = StoreHost.Job, Generation = generation, Clock = clock }, cancellationToken: _ct);

    private async Task UntilExistsAsync(RedisKey[] keys)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(StoreHost.Limit);
        while (await Database.KeyExistsAsync(keys) < keys.Length)
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
    }

    private Task<float[]> ParametersAsync() => _host.Loop(0).CallAsync(() =>
        _host.Loop(0).Shard.TryGetVersion(Boundary, out var version) ? version.Values.ToArray() : []);

    private static SnapshotKey KeyOf(V1.ShardReport report) => new(StoreHost.Job, 0, StoreHost.First, report.Incarnation, report.SnapshotClock);

    private static V1.Snapshot Committed(V1.ShardReport written) =>
        new() { Generation = written.Generation, Incarnation = written.Incarnation, Clock = Boundary };

    private static float[] Gradient(int length, long clock) => [.. Enumerable.Range(0, length).Select(i => (((i * 7919L) + clock) % 1013 * 0.01f) - 5)];

    /// <summary>The same steps without a stream, a store and a break.</summary>
    private static float[] TrainInMemory(int length, long clocks)
    {
        var task = new SyncShard(new ShardOptions { Lanes = 1, Length = length, Streams = 1, Optimizer = new Adagrad(0.3f) });
        task.BeginLoad(StoreHost.First);
        task.LoadingParameters.Fill(0.5f);
        task.LoadingSlots.Fill(0.1f);
        task.CompleteLoad(StoreHost.First, 0, 0);
        task.Advance(StoreHost.First, 0, new Segment(0, clocks), TimeSpan.Zero);
        for (long clock = 0; clock < clocks; clock++)
        {
            var staged = task.Vectors.Rent();
            Gradient(length, clock).CopyTo(staged.Values);
            Assert.True(task.Push(new PushHeader(StoreHost.First, Lane, clock, 1, 1), staged, TimeSpan.Zero).Completed);
        }

        Assert.True(task.TryGetVersion(clocks, out var end));
        return end.Values.ToArray();
    }

    private static void AssertBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
