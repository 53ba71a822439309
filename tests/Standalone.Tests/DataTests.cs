using System.Text;
using Cluster.Client;
using Cluster.Client.Errors;
using Cluster.Contracts.Data.V1;
using Cluster.Coordinator;
using Cluster.Models.Data;
using Cluster.Standalone.Embedded;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Cluster.Standalone.Tests;

/// <summary>Files become data sets, or nothing of them stays.</summary>
public sealed class DataTests(DataTests.Fixture embedded) : IClassFixture<DataTests.Fixture>
{
    private const int TestLimit = 300_000;
    private const int MaxBytes = 40_000_000;

    [Fact(Timeout = TestLimit)]
    public async Task Load_File_IsWhatTheFileReadHereIs()
    {
        var csv = Csv("a,y,\"b, c\"\n", 40_000, i => $"{i},{i * 0.5},\"{-i}\"\n");
        var file = CsvData.Load(new MemoryStream(csv), new CsvOptions { Label = "y" }, TestContext.Current.CancellationToken);

        var info = await embedded.Client.LoadDataAsync(new MemoryStream(csv), "y", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Matches("^data-[a-z2-9]{8}$", info.Id);
        Assert.Equal((40_000L, "y", DataFingerprint.Of(file)), (info.Rows, info.Label, info.Fingerprint));
        Assert.Equal(["a", "b, c"], info.Features);
        var stored = await embedded.DataSets.LoadAsync(info.Id, TestContext.Current.CancellationToken);
        Assert.Equal(DataFingerprint.Of(file), DataFingerprint.Of(stored));
        Assert.Equal(5, (await embedded.KeysAsync()).Count(key => key.Contains(info.Id, StringComparison.Ordinal)));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_FileAtTheLimitAndAboveWhatOneRequestMayBe_IsTaken()
    {
        var padding = new string(' ', 995);
        var csv = Csv("x,y\n", 35_000, i => $"{i % 10},{padding}1\n");
        var rows = csv.Length;
        Array.Resize(ref csv, MaxBytes);
        csv.AsSpan(rows).Fill((byte)'\n');

        var info = await embedded.Client.LoadDataAsync(new MemoryStream(csv), "y", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(35_000, info.Rows);
    }

    [Theory(Timeout = TestLimit)]
    [InlineData("", "the file is empty: expected was a header")]
    [InlineData("x,y\n", "the file has a header and no rows")]
    [InlineData("x,z\n1,2\n", "there is no column 'y' for the label; the columns are 'x', 'z'")]
    [InlineData("x,y\n1,2\n1,two\n", "row 3, column 2 ('y'): 'two' is not a number")]
    [InlineData("x,y\n1,\n2,\n3,\n", "rows 2 to 4, column 2 ('y'): all labels are missing")]
    [InlineData("x,y\n1,2\n2,\n3,4\n", "row 3, column 2 ('y'): the value is missing")]
    [InlineData("x,y\n1,2\nNaN,3\n", "row 3, column 1 ('x'): 'NaN' is not a finite 32-bit number")]
    [InlineData("x,y\n1,Infinity\n", "row 2, column 2 ('y'): 'Infinity' is not a finite 32-bit number")]
    [InlineData("x,y\n1,2\n1,2,3\n", "row 3 has 3 columns, the header 2")]
    public async Task Load_WrongFile_IsOneLineAndNothingStays(string text, string expected)
    {
        var before = await embedded.KeysAsync();

        var error = await Assert.ThrowsAsync<SpecRejectedException>(
            () => embedded.Client.LoadDataAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), "y", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(("data", expected), (Assert.Single(error.Violations).Field, error.Violations[0].Limit));
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_WrongRowInALaterChunk_LeavesNothing()
    {
        var before = await embedded.KeysAsync();
        var csv = Csv("x,y\n", 60_000, i => i == 59_990 ? "1,2,3\n" : $"{i},{i}\n");

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.LoadDataAsync(new MemoryStream(csv), "y", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("row 59992 has 3 columns, the header 2", error.Violations[0].Limit);
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_FileAboveTheLimit_IsRefusedWhileItComesAndNothingStays()
    {
        var before = await embedded.KeysAsync();
        using var endless = new RowStream();

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() =>
            embedded.Client.LoadDataAsync(endless, "y", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal($"the file has more than {MaxBytes} bytes", Assert.Single(error.Violations).Limit);
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_CancelledInTheMiddle_LeavesNothing()
    {
        var before = await embedded.KeysAsync();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var stalling = new RowStream { StallsAfter = 2_000_000 };
        var loading = embedded.Client.LoadDataAsync(stalling, "y", cancellationToken: source.Token);
        await UntilAsync(async () => (await embedded.KeysAsync()).Count > before.Count + 1);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loading);
        await UntilAsync(async () => before.SetEquals(await embedded.KeysAsync()));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_MoreFilesThanAtOnce_RefusesTheLastUntilOneEnds()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var before = await embedded.KeysAsync();
        RowStream[] streams = [.. Enumerable.Range(0, 4).Select(_ => new RowStream { StallsAfter = 300_000 })];
        var loads = streams.Select(stream => embedded.Client.LoadDataAsync(stream, "y", cancellationToken: source.Token)).ToList();
        await UntilAsync(async () => (await embedded.KeysAsync()).Except(before).Select(key => key.Split(':')[2]).Distinct().Count() == loads.Count);

        var error = await Assert.ThrowsAsync<ClusterException>(() =>
            embedded.Client.LoadDataAsync(new MemoryStream("x,y\n1,2\n"u8.ToArray()), "y", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("4 files are being loaded already", error.Message, StringComparison.Ordinal);

        await source.CancelAsync();
        foreach (var load in loads) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => load);
        await UntilAsync(async () => before.SetEquals(await embedded.KeysAsync()));
        await UntilAsync(async () => await LoadsAsync("x,y\n1,2\n"));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Load_PartsOutOfOrderOrTooLarge_AreRefusedByField()
    {
        var ct = TestContext.Current.CancellationToken;
        var before = await embedded.KeysAsync();
        var header = new LoadRequest { Header = new LoadHeader { Label = "y" } };
        var content = new LoadRequest { Content = ByteString.CopyFromUtf8("x,y\n1,2\n") };
        var large = new LoadRequest { Content = ByteString.CopyFrom(new byte[(1 << 20) + 1]) };

        Assert.Equal("header: '': must be the first part", await RefusedAsync(ct));
        Assert.Equal("header: '': must be the first part", await RefusedAsync(ct, content));
        Assert.Equal("label: '': must have 1 to 256 characters", await RefusedAsync(ct, new LoadRequest { Header = new LoadHeader() }));
        Assert.Equal("part: Header: must be content, after one header", await RefusedAsync(ct, header, content, header));
        Assert.Equal("part: None: must be content, after one header", await RefusedAsync(ct, header, new LoadRequest()));
        Assert.Equal("content: 1048577 bytes: must have at most 1048576 bytes", await RefusedAsync(ct, header, large));
        Assert.Equal(before, await embedded.KeysAsync());
    }

    [Fact(Timeout = TestLimit)]
    public async Task Get_DataSet_IsFoundOrNot()
    {
        var info = await embedded.Client.LoadDataAsync(new MemoryStream("x,y\n1,2\n"u8.ToArray()), "y",
            cancellationToken: TestContext.Current.CancellationToken);
        using var channel = GrpcChannel.ForAddress(embedded.Cluster.Connection.Address);
        var service = new DataSets.DataSetsClient(channel);

        var found = await service.GetAsync(new GetRequest { Id = info.Id }, Headers(), DateTime.UtcNow.AddSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal((info.Id, 1L, info.Fingerprint), (found.Id, found.Rows, found.Fingerprint));

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await service.GetAsync(new GetRequest { Id = "data-\nno" }, Headers(), DateTime.UtcNow.AddSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.NotFound, "there is no data set 'data-\\u000ano'"), (error.StatusCode, error.Status.Detail));
    }

    private async Task<string> RefusedAsync(CancellationToken cancellationToken, params LoadRequest[] parts)
    {
        using var channel = GrpcChannel.ForAddress(embedded.Cluster.Connection.Address);
        using var call = new DataSets.DataSetsClient(channel).Load(Headers(), DateTime.UtcNow.AddSeconds(60), cancellationToken);
        try
        {
            foreach (var part in parts) await call.RequestStream.WriteAsync(part, cancellationToken);
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The answer came before the last part.
        }

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        return error.Status.Detail;
    }

    private async Task<bool> LoadsAsync(string csv)
    {
        try
        {
            return (await embedded.Client.LoadDataAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "y",
                cancellationToken: TestContext.Current.CancellationToken)).Rows > 0;
        }
        catch (ClusterException)
        {
            return false;
        }
    }

    private Metadata Headers() => new() { { "authorization", $"Bearer {embedded.Cluster.Connection.Key}" } };

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    private static byte[] Csv(string header, int rows, Func<int, string> row)
    {
        var text = new StringBuilder(header);
        for (var i = 0; i < rows; i++) text.Append(row(i));
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>An embedded cluster that takes files of 40 MB.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal EmbeddedCluster Cluster { get; private set; } = null!;

        public ClusterClient Client { get; private set; } = null!;

        internal Storage.Data.RedisDataSets DataSets => Cluster.Services.GetRequiredService<Storage.Data.RedisDataSets>();

        public async ValueTask InitializeAsync()
        {
            Cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    Workers = 1,
                    Configure = services =>
                services.Configure<CoordinatorOptions>(options => options.DataMaxBytes = MaxBytes)
                },
                TestContext.Current.CancellationToken);
            Client = ClusterClient.Connect(Cluster.Connection);
        }

        /// <summary>The keys of data sets.</summary>
        public async Task<HashSet<string>> KeysAsync()
        {
            var keys = new HashSet<string>();
            var server = Cluster.Services.GetRequiredService<IConnectionMultiplexer>().GetServers().Single();
            await foreach (var key in server.KeysAsync(pattern: "cluster:data:*", pageSize: 1000).WithCancellation(TestContext.Current.CancellationToken))
                keys.Add(key!);
            return keys;
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Cluster.DisposeAsync();
        }
    }

    /// <summary>A header and rows without end; or it stalls after some, until it is cancelled.</summary>
    private sealed class RowStream : Stream
    {
        private long _position;

        public long StallsAfter { get; init; } = long.MaxValue;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_position >= StallsAfter) await Task.Delay(Timeout.Infinite, cancellationToken);
            return Fill(buffer.Span);
        }

        public override int Read(byte[] buffer, int offset, int count) => Fill(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Fill(Span<byte> buffer)
        {
            for (var i = 0; i < buffer.Length; i++, _position++) buffer[i] = (byte)(_position < 4 ? "x,y\n" : "1,2\n")[(int)(_position % 4)];
            return buffer.Length;
        }
    }
}
