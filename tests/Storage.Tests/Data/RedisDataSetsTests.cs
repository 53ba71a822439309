using System.Text;
using Cluster.Contracts.Data;
using Cluster.Models.Data;
using Cluster.Storage.Data;
using Cluster.Storage.Sources;
using Cluster.Testing;

namespace Cluster.Storage.Tests.Data;

public sealed class RedisDataSetsOnGarnetTests(RedisServers servers) : RedisDataSetsTests(servers, RedisKind.Garnet);

public sealed class RedisDataSetsOnRedisServerTests(RedisServers servers) : RedisDataSetsTests(servers, RedisKind.RedisServer);

public abstract class RedisDataSetsTests(RedisServers servers, RedisKind kind) : StorageTest(servers, kind)
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
        var written = await WriteAsync(Rows(11));

        Assert.Equal(("y", 11L, 4, 3L), (written.Label, written.Rows, written.ChunkRows, written.Chunks));
        Assert.Equal(["a", "b"], written.Features);
        var file = CsvData.Load(Csv(Rows(11)), Options, Ct);
        Assert.Equal(DataFingerprint.Of(file), written.Fingerprint);
        Assert.Equivalent(written, await _dataSets.FindAsync(_id, Ct), strict: true);
        var loaded = await _dataSets.LoadAsync(_id, Ct);
        Assert.Equal(DataFingerprint.Of(file), DataFingerprint.Of(loaded));
        Assert.Equal([10f, -10f], loaded.Features(10).ToArray());
        await AssertTimeToLiveAsync(TimeToLive, 5);
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
        await AssertTimeToLiveAsync(TimeSpan.FromHours(9), 5);

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
        var writing = WriteAsync(_dataSets, stream, 1000, Ct);
        await UntilAsync(async () => (await KeysWithAsync(_id)).Count > 5);

        stream.End(new IOException("the other side is gone"));

        await Assert.ThrowsAsync<IOException>(() => writing);
        Assert.Empty(await KeysWithAsync(_id));
    }

    [Fact]
    public async Task Write_CancelledInTheMiddle_LeavesNothing()
    {
        using var source = new CancellationTokenSource();
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        var writing = WriteAsync(_dataSets, stream, 1000, source.Token);
        await UntilAsync(async () => (await KeysWithAsync(_id)).Count > 5);

        await source.CancelAsync();
        stream.End(null);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Empty(await KeysWithAsync(_id));
    }

    [Fact]
    public async Task Write_FileThatComesSlowly_KeepsItsFirstChunks()
    {
        var renewing = new RedisDataSets(Redis) { LoadingTimeToLive = TimeSpan.FromSeconds(12) };
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        var writing = WriteAsync(renewing, stream, 1000, Ct);
        await UntilAsync(() => Database.KeyExistsAsync(DataKeys.Chunk(_id, 0)));

        // A chunk's time to live goes down between renewals and up at each.
        for (var renewals = 0; renewals < 2; renewals++)
        {
            var last = await Database.KeyTimeToLiveAsync(DataKeys.Chunk(_id, 0));
            await UntilAsync(async () =>
            {
                var before = last;
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
        var writing = WriteAsync(_dataSets, stream, 1000, Ct);
        await UntilAsync(async () => await Database.KeyDeleteAsync(DataKeys.Chunk(_id, 0)));

        stream.End(null);

        await Assert.ThrowsAsync<TimeoutException>(() => writing);
        Assert.Empty(await KeysWithAsync(_id));
    }

    /// <summary>What a coordinator that is killed leaves behind: chunks that expire, and no record, summary or name.</summary>
    [Fact]
    public async Task Write_ProcessGoesInTheMiddle_LeavesNothingThatStays()
    {
        var name = _id;
        using var stream = new StallingStream(Encoding.UTF8.GetBytes(Rows(200_000)));
        var writing = _dataSets.WriteAsync(
            Set(name), () => CsvData.Open(stream, Options with { ChunkRows = 1000 }), null, null, Ct);
        await UntilAsync(async () => (await KeysWithAsync(_id)).Count > 5);

        foreach (var key in await KeysWithAsync(_id))
            Assert.InRange((await Database.KeyTimeToLiveAsync(key))!.Value, TimeSpan.Zero, _dataSets.LoadingTimeToLive);
        Assert.False(await Database.KeyExistsAsync(DataKeys.Record(_id)));
        Assert.Null(await _dataSets.ResolveAsync(name, Ct));

        stream.End(new IOException("the test has ended"));
        await Assert.ThrowsAsync<IOException>(() => writing);
    }

    [Fact]
    public async Task Write_WithAName_IsKeptAndFoundByIt()
    {
        var name = $"n{Guid.NewGuid():N}";
        var written = await WriteAsync(Rows(11), name);

        Assert.Equal((name, "test.csv"), (written.Name, written.Source));
        Assert.Equal(_id, await _dataSets.ResolveAsync(name, Ct));
        Assert.Contains((await _dataSets.ListAsync(Ct)), set => set.Id == _id && set.Record.Name == name);
        Assert.True(await _dataSets.ProlongAsync(_id, TimeToLive, Ct));
        foreach (var key in await KeysWithAsync(_id)) Assert.Null(await Database.KeyTimeToLiveAsync(key));

        var other = new NewDataSet(NewId(), new DataImport { Source = "o", Label = "y", Name = name }, TimeToLive);
        var taken = await Assert.ThrowsAsync<DataNameTakenException>(() =>
            _dataSets.WriteAsync(other, () => CsvData.Open(Csv(Rows(3)), Options), null, null, Ct));
        Assert.Equal((name, _id), (taken.Name, taken.Id));
        Assert.Empty(await KeysWithAsync(other.Id));

        await _dataSets.HideAsync(_id, written, Ct);
        Assert.Null(await _dataSets.ResolveAsync(name, Ct));
        await AssertTimeToLiveAsync(_dataSets.LoadingTimeToLive, 5);
        await _dataSets.UnhideAsync(_id, written, Ct);
        Assert.Equal(_id, await _dataSets.FindHolderAsync(name, Ct));
        foreach (var key in await KeysWithAsync(_id)) Assert.Null(await Database.KeyTimeToLiveAsync(key));
        await _dataSets.DeleteAsync(_id, written, Ct);
        Assert.Empty(await KeysWithAsync(_id));
        Assert.Null(await _dataSets.FindHolderAsync(name, Ct));
        Assert.Null(await _dataSets.ResolveAsync(name, Ct));
    }

    [Fact]
    public async Task Summary_OfRows_IsMinMeanMaxAndClasses()
    {
        await WriteAsync("a,y,b\n1,0,-5\n4,1,5\n4,1,6\n");

        var summary = (await _dataSets.SummaryAsync(_id, Ct))!;

        Assert.Equal([new ColumnSummary("a", 1, 3, 4), new ColumnSummary("b", -5, 2, 6), new ColumnSummary("y", 0, 2.0 / 3, 1)], summary.Columns);
        Assert.Equal([new LabelCount(0, 1), new LabelCount(1, 2)], summary.Classes);
    }

    [Fact]
    public async Task Load_SharedFile_IsReadWhereItIsAndRefusedWhenChanged()
    {
        var folder = Directory.CreateTempSubdirectory("shared").FullName;
        try
        {
            var path = Path.Combine(folder, "rows.csv");
            await File.WriteAllTextAsync(path, Rows(11), Ct);
            var options = new DataSourceOptions();
            options.Roots.Add(folder);
            using var sources = new DataSources(Microsoft.Extensions.Options.Options.Create(options));
            var dataSets = new RedisDataSets(Redis, sources);
            var import = new DataImport { Source = "file:rows.csv", Label = "y", IsShared = true };
            using (var source = await sources.OpenAsync(import, Ct))
            {
                await dataSets.WriteAsync(
                    new NewDataSet(_id, import, TimeToLive), () => source.Read(new DataLimits { ChunkRows = 4 }),
                    () => new SharedRows(import, source.Bytes), null, Ct);
            }

            Assert.Equal(2, (await KeysWithAsync(_id)).Count);
            Assert.Equal(DataFingerprint.Of(CsvData.Load(Csv(Rows(11)), Options, Ct)), DataFingerprint.Of(await dataSets.LoadAsync(_id, Ct)));

            await File.WriteAllTextAsync(path, Rows(11).Replace("10,20,-10", "10,20,-11", StringComparison.Ordinal), Ct);
            Assert.Equal($"data set '{_id}': file:rows.csv has changed since it was added", await RefusedAsync(dataSets));
            await File.WriteAllTextAsync(path, Rows(11).Replace("a,", "c,", StringComparison.Ordinal), Ct);
            Assert.Equal($"data set '{_id}': file:rows.csv has changed since it was added: it has other columns", await RefusedAsync(dataSets));
            await File.WriteAllTextAsync(path, Rows(12), Ct);
            Assert.StartsWith($"data set '{_id}': file:rows.csv has changed since it was added: it had ", await RefusedAsync(dataSets),
                StringComparison.Ordinal);
            File.Delete(path);
            Assert.Equal("there is no file 'rows.csv'", await RefusedAsync(dataSets));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
        Assert.Equal($"data set '{_id}' does not have the fingerprint in its record", await RefusedAsync());

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
        await Database.StringSetAsync(DataKeys.Record(_id), json, TimeToLive);

        Assert.Equal($"the record of data set '{_id}' is damaged", await RefusedAsync());
    }

    private Task<DataSetRecord> WriteAsync(string csv, string? name = null) => _dataSets.WriteAsync(
        Set(name), () => CsvData.Open(Csv(csv), Options), null, null, Ct);

    private Task<DataSetRecord> WriteAsync(RedisDataSets dataSets, Stream stream, int chunkRows, CancellationToken cancellationToken) =>
        dataSets.WriteAsync(Set(null), () => CsvData.Open(stream, Options with { ChunkRows = chunkRows }), null, null, cancellationToken);

    private NewDataSet Set(string? name) => new(_id, new DataImport { Source = "test.csv", Label = "y", Name = name }, TimeToLive);

    private async Task<string> RefusedAsync(RedisDataSets dataSets)
        => (await Assert.ThrowsAsync<DataFormatException>(() => dataSets.LoadAsync(_id, Ct))).Message;

    private async Task<string> RefusedAsync() => (await Assert.ThrowsAsync<DataFormatException>(() => _dataSets.LoadAsync(_id, Ct))).Message;

    private async Task AssertTimeToLiveAsync(TimeSpan expected, int keys)
    {
        var names = await KeysWithAsync(_id);
        Assert.Equal(keys, names.Count);
        foreach (var name in names) Assert.InRange((await Database.KeyTimeToLiveAsync(name))!.Value, expected - TimeSpan.FromMinutes(1), expected);
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    /// <summary>Row i is (i, 2i, -i), with the label in the middle.</summary>
    private static string Rows(int count)
    {
        var text = new StringBuilder("a,y,b\n");
        for (var i = 0; i < count; i++) text.Append(i).Append(',').Append(2 * i).Append(',').Append(-i).Append('\n');
        return text.ToString();
    }

    private static MemoryStream Csv(string text) => new(Encoding.UTF8.GetBytes(text));
}
