using System.Text;
using Cluster.Contracts.Storage;
using Cluster.Persistence.Data;
using Cluster.Testing;
using Cluster.Training.Data;

namespace Cluster.Persistence.Tests.Data;

public sealed class RedisDataSetsOnGarnetTests(RedisServers servers) : RedisDataSetsTests(servers, RedisKind.Garnet);

public sealed class RedisDataSetsOnRedisServerTests(RedisServers servers) : RedisDataSetsTests(servers, RedisKind.RedisServer);

public abstract class RedisDataSetsTests(RedisServers servers, RedisKind kind) : PersistenceTest(servers, kind)
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(2);
    private static readonly CsvOptions Options = new() { Label = "y", ChunkRows = 4 };

    private readonly string _id = NewId();
    private RedisDataSets _dataSets = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _dataSets = new RedisDataSets(Redis);
    }

    [Fact]
    public async Task Load_WhatWasWritten_IsTheFile()
    {
        DataManifest written = await WriteAsync(Rows(11));

        Assert.Equal(("y", 11L, 4, 3L), (written.Label, written.Rows, written.ChunkRows, written.Chunks));
        Assert.Equal(["a", "b"], written.Features);
        DataSet file = CsvData.Load(Csv(Rows(11)), Options, Ct);
        Assert.Equal(DataFingerprint.Of(file), written.Fingerprint);
        Assert.Equivalent(written, await _dataSets.FindAsync(_id, Ct), strict: true);
        DataSet loaded = await _dataSets.LoadAsync(_id, Ct);
        Assert.Equal(DataFingerprint.Of(file), DataFingerprint.Of(loaded));
        Assert.Equal([10f, -10f], loaded.Features(10).ToArray());
        await AssertTimeToLiveAsync(TimeToLive, 4);
    }

    [Fact]
    public async Task Find_NoSuchDataSet_IsNull()
    {
        Assert.Null(await _dataSets.FindAsync(_id, Ct));
        Assert.False(await _dataSets.ProlongAsync(_id, TimeToLive, Ct));
        Assert.Equal($"there is no data set '{_id}'", await RefusedAsync());
    }

    [Fact]
    public async Task Prolong_DataSet_KeepsEveryKey()
    {
        await WriteAsync(Rows(11));

        Assert.True(await _dataSets.ProlongAsync(_id, TimeSpan.FromHours(9), Ct));
        await AssertTimeToLiveAsync(TimeSpan.FromHours(9), 4);

        await Database.KeyDeleteAsync(DataKeys.Chunk(_id, 1));
        Assert.False(await _dataSets.ProlongAsync(_id, TimeSpan.FromHours(9), Ct));
    }

    [Theory]
    [InlineData("5,6\n", "row 7 has 2 columns, the header 3")]
    [InlineData("5,x,7\n", "row 7, column 2 ('y'): 'x' is not a number")]
    [InlineData("5,,7\n", "row 7, column 2 ('y'): the value is missing")]
    public async Task Write_BadRowInTheSecondChunk_LeavesNothing(string row, string expected)
    {
        var error = await Assert.ThrowsAsync<DataFormatException>(() => WriteAsync(Rows(5) + row));

        Assert.Equal(expected, error.Message);
        Assert.Empty(await KeysWithAsync(_id));
    }

    [Fact]
    public async Task Write_StreamBreaksAfterTheFirstChunks_LeavesNothing()
    {
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        Task<DataManifest> writing = _dataSets.WriteAsync(_id, stream, Options with { ChunkRows = 1000 }, TimeToLive, Ct);
        await UntilAsync(async () => (await KeysWithAsync(_id)).Count > 5);

        stream.End(new InvalidDataException("the other side is gone"));

        await Assert.ThrowsAsync<InvalidDataException>(() => writing);
        Assert.Empty(await KeysWithAsync(_id));
    }

    [Fact]
    public async Task Write_CancelledInTheMiddle_LeavesNothing()
    {
        using var source = new CancellationTokenSource();
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        Task<DataManifest> writing = _dataSets.WriteAsync(_id, stream, Options with { ChunkRows = 1000 }, TimeToLive, source.Token);
        await UntilAsync(async () => (await KeysWithAsync(_id)).Count > 5);

        await source.CancelAsync();
        stream.End(null);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Empty(await KeysWithAsync(_id));
    }

    [Fact]
    public async Task Write_FileThatComesSlowly_KeepsItsFirstChunks()
    {
        var renewing = new RedisDataSets(Redis) { LoadingTimeToLive = TimeSpan.FromSeconds(2) };
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        Task<DataManifest> writing = renewing.WriteAsync(_id, stream, Options with { ChunkRows = 1000 }, TimeToLive, Ct);
        await UntilAsync(() => Database.KeyExistsAsync(DataKeys.Chunk(_id, 0)));

        // A chunk's time to live goes down between renewals and up at each.
        for (int renewals = 0; renewals < 6; renewals++)
        {
            TimeSpan? last = await Database.KeyTimeToLiveAsync(DataKeys.Chunk(_id, 0));
            await UntilAsync(async () =>
            {
                TimeSpan? before = last;
                last = await Database.KeyTimeToLiveAsync(DataKeys.Chunk(_id, 0));
                Assert.NotNull(last);
                return last > before;
            });
        }

        stream.End(null);
        Assert.Equal(200_000, (await writing).Rows);
        Assert.Equal(200_000, (await renewing.LoadAsync(_id, Ct)).Rows);
    }

    [Fact]
    public async Task Write_ChunkGoesMeanwhile_FailsAndLeavesNothing()
    {
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        Task<DataManifest> writing = _dataSets.WriteAsync(_id, stream, Options with { ChunkRows = 1000 }, TimeToLive, Ct);
        await UntilAsync(async () => await Database.KeyDeleteAsync(DataKeys.Chunk(_id, 0)));

        stream.End(null);

        await Assert.ThrowsAsync<TimeoutException>(() => writing);
        Assert.Empty(await KeysWithAsync(_id));
    }

    [Fact]
    public async Task Load_ChunkGone_NamesIt()
    {
        await WriteAsync(Rows(11));
        await Database.KeyDeleteAsync(DataKeys.Chunk(_id, 1));

        Assert.Equal($"chunk 1 of data set '{_id}' is not in Redis any more", await RefusedAsync());
    }

    [Fact]
    public async Task Load_ChunkDamaged_SaysSo()
    {
        await WriteAsync(Rows(11));
        await Database.StringSetRangeAsync(DataKeys.Chunk(_id, 2), 30, "x");
        Assert.Equal($"data set '{_id}' does not have the fingerprint in its manifest", await RefusedAsync());

        await Database.StringSetAsync(DataKeys.Chunk(_id, 2), "short");
        Assert.StartsWith($"chunk 2 of data set '{_id}' is damaged: ", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"label":"y","features":["a"],"rows":5,"chunkRows":0,"fingerprint":""}""")]
    [InlineData("""{"rows":5,"chunkRows":5}""")]
    public async Task Load_ManifestDamaged_SaysSo(string json)
    {
        await Database.StringSetAsync(DataKeys.Manifest(_id), json, TimeToLive);

        Assert.Equal($"the manifest of data set '{_id}' is damaged", await RefusedAsync());
    }

    private Task<DataManifest> WriteAsync(string csv) => _dataSets.WriteAsync(_id, Csv(csv), Options, TimeToLive, Ct);

    private async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<DataFormatException>(() => _dataSets.LoadAsync(_id, Ct))).Message;

    private async Task AssertTimeToLiveAsync(TimeSpan expected, int keys)
    {
        SortedSet<string> names = await KeysWithAsync(_id);
        Assert.Equal(keys, names.Count);
        foreach (string name in names) Assert.InRange((await Database.KeyTimeToLiveAsync(name))!.Value, expected - TimeSpan.FromMinutes(1), expected);
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    /// <summary>Row i is (i, 2i, -i), with the label in the middle.</summary>
    private static string Rows(int count)
    {
        var text = new StringBuilder("a,y,b\n");
        for (int i = 0; i < count; i++) text.Append(i).Append(',').Append(2 * i).Append(',').Append(-i).Append('\n');
        return text.ToString();
    }

    private static MemoryStream Csv(string text) => new(Encoding.UTF8.GetBytes(text));
}
