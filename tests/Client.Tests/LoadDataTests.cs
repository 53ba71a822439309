using System.Text;
using Cluster.Client.Errors;
using Cluster.Contracts.Data.V1;
using Cluster.Contracts.Jobs;
using Cluster.TestCoordinator;
using Grpc.Core;

namespace Cluster.Client.Tests;

public sealed class LoadDataTests : IDisposable
{
    /// <summary>Several parts, none of them alike.</summary>
    private static readonly byte[] File = Encoding.ASCII.GetBytes("x,y\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},{i}\n")));

    private readonly string _folder = Directory.CreateTempSubdirectory("load-data").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task LoadDataAsync_Stream_SendsLabelAndEveryByteFromWhereItIs()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var uploads = Collect(coordinator);
        using var stream = new MemoryStream(File) { Position = 4 };
        var bytes = new Reported();

        var info = await client.LoadDataAsync(stream, "y", bytes, Token);

        Assert.Equal(("data-1", "y", 7L, "ff"), (info.Id, info.Label, info.Rows, info.Fingerprint));
        Assert.Equal(["x"], info.Features);
        var upload = Assert.Single(uploads);
        Assert.Equal("y", upload.Label);
        Assert.True(upload.Bytes.AsSpan().SequenceEqual(File.AsSpan(4)));
        Assert.True(upload.Parts > 1);
        Assert.Equal(File.Length - 4, bytes.Values[^1]);
        Assert.Equal(bytes.Values.Order(), bytes.Values);
    }

    [Fact]
    public async Task LoadDataAsync_NameAndLostAnswers_RepeatsWithOneKeyAndSaysWhatMayBeThere()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { CallRetries = 2 });
        coordinator.Script.Load = async (parts, context) =>
        {
            while (await parts.MoveNext())
            {
                // To its end.
            }

            context.GetHttpContext().Abort();
            return new DataSet();
        };

        var error = await Assert.ThrowsAsync<OutcomeUnknownException>(
            () => client.LoadDataAsync(new MemoryStream(File), new Contracts.Data.DataImport { Name = "houses", Source = "h.csv", Label = "y" }, null, Token));

        Assert.Contains("did not say whether it added the data set 'houses'", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("`cluster data show houses` tells", error.Message, StringComparison.Ordinal);
        var headers = coordinator.Received<LoadRequest>().Where(part => part.Header is not null).ToList();
        Assert.Equal(3, headers.Count);
        Assert.Single(headers.Select(part => part.Header.IdempotencyKey).Distinct(), key => key.Length > 0);
    }

    [Fact]
    public async Task LoadDataAsync_Path_SendsTheFile()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var uploads = Collect(coordinator);

        await client.LoadDataAsync(await WriteAsync(), "y", cancellationToken: Token);

        Assert.True(Assert.Single(uploads).Bytes.AsSpan().SequenceEqual(File));
    }

    [Fact]
    public async Task LoadDataAsync_PathOfNoFile_NamesItAndCallsNobody()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var uploads = Collect(coordinator);
        var path = Path.Combine(_folder, "none.csv");

        var error = await Assert.ThrowsAsync<SpecRejectedException>(() => client.LoadDataAsync(path, "y", cancellationToken: Token));

        Assert.Equal(("data", path), (error.Violations[0].Field, error.Violations[0].Value));
        Assert.Empty(uploads);
    }

    [Theory]
    [InlineData("")]
    [InlineData(257)]
    public async Task LoadDataAsync_LabelOfWrongLength_IsRefusedBeforeAnyCall(object label)
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var uploads = Collect(coordinator);

        var error = await Assert.ThrowsAsync<SpecRejectedException>(
            () => client.LoadDataAsync(new MemoryStream(File), label as string ?? new string('y', (int)label), cancellationToken: Token));

        Assert.Equal("label", Assert.Single(error.Violations).Field);
        Assert.Empty(uploads);
    }

    [Fact]
    public async Task LoadDataAsync_RefusedWhileItIsSent_ThrowsTheViolationAndNamesThePath()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        coordinator.Script.Load = async (parts, _) =>
        {
            await parts.MoveNext();
            throw SpecRejection.ToRpcException([new SpecViolation("data", "", "row 3, column 2 ('y'): 'x' is not a number")]);
        };

        using var endless = new EndlessStream();
        var error = await Assert.ThrowsAsync<SpecRejectedException>(() => client.LoadDataAsync(endless, "y", cancellationToken: Token));
        Assert.Equal("data: '': row 3, column 2 ('y'): 'x' is not a number", error.Message);

        var path = await WriteAsync();
        error = await Assert.ThrowsAsync<SpecRejectedException>(() => client.LoadDataAsync(path, "y", cancellationToken: Token));
        Assert.Equal($"data: {path}: row 3, column 2 ('y'): 'x' is not a number", error.Message);
    }

    [Fact]
    public async Task LoadDataAsync_CoordinatorDiesInTheMiddle_BeginsAgainWhereTheStreamWas()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { CallRetries = 1000 });
        var uploads = Collect(coordinator);
        var collecting = coordinator.Script.Load;
        var inTheMiddle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        coordinator.Script.Load = async (parts, context) =>
        {
            await parts.MoveNext();
            await parts.MoveNext();
            inTheMiddle.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new DataSet();
        };
        using var stream = new MemoryStream(File) { Position = 4 };

        var loading = client.LoadDataAsync(stream, "y", cancellationToken: Token);
        await inTheMiddle.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
        coordinator.Script.Load = collecting;
        await coordinator.DieAsync();
        await coordinator.ComeBackAsync();
        await loading.WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.True(Assert.Single(uploads).Bytes.AsSpan().SequenceEqual(File.AsSpan(4)));
    }

    [Fact]
    public async Task LoadDataAsync_UnavailableAndTheStreamCannotGoBack_ThrowsAfterOneCall()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var calls = 0;
        coordinator.Script.Load = (_, _) =>
        {
            Interlocked.Increment(ref calls);
            throw new RpcException(new Status(StatusCode.Unavailable, "Redis is away"));
        };
        using var endless = new EndlessStream();

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.LoadDataAsync(endless, "y", cancellationToken: Token));
        Assert.Contains("Redis is away", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, calls);

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.LoadDataAsync(new MemoryStream(File), "y", cancellationToken: Token));
        Assert.Equal(1 + 1 + TestClients.Options.CallRetries, calls);
    }

    [Fact]
    public async Task LoadDataAsync_CoordinatorTakesNothing_EndsAfterTheStallTimeout()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator, TestClients.Options with { DataStallTimeout = TimeSpan.FromMilliseconds(300) });
        coordinator.Script.Load = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new DataSet();
        };
        using var endless = new EndlessStream();

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.LoadDataAsync(endless, "y", cancellationToken: Token));

        Assert.Contains("took nothing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadDataAsync_TokenCancelled_EndsTheCallOnBothSides()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        using var source = new CancellationTokenSource();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        coordinator.Script.Load = async (parts, context) =>
        {
            context.CancellationToken.Register(ended.SetResult);
            await parts.MoveNext();
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new DataSet();
        };
        using var endless = new EndlessStream();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.LoadDataAsync(endless, "y", cancellationToken: source.Token));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task LoadDataAsync_StreamThrows_ThrowsItsErrorAndEndsTheCall()
    {
        await using var coordinator = await ScriptedCoordinator.StartAsync();
        await using var client = TestClients.Connect(coordinator);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        coordinator.Script.Load = async (parts, context) =>
        {
            context.CancellationToken.Register(ended.SetResult);
            while (await parts.MoveNext())
            {
            }

            return new DataSet();
        };
        using var broken = new EndlessStream { BreaksAfter = 1 << 20 };

        await Assert.ThrowsAsync<InvalidDataException>(() => client.LoadDataAsync(broken, "y", cancellationToken: Token));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    private async Task<string> WriteAsync()
    {
        var path = Path.Combine(_folder, "file.csv");
        await System.IO.File.WriteAllBytesAsync(path, File, Token);
        return path;
    }

    private static List<Upload> Collect(ScriptedCoordinator coordinator)
    {
        var uploads = new List<Upload>();
        coordinator.Script.Load = async (parts, _) =>
        {
            Assert.True(await parts.MoveNext());
            var (label, content, count) = (parts.Current.Header.Label, new MemoryStream(), 0);
            for (; await parts.MoveNext(); count++)
            {
                Assert.InRange(parts.Current.Content.Length, 1, 1 << 20);
                parts.Current.Content.WriteTo(content);
            }

            uploads.Add(new Upload(label, content.ToArray(), count));
            return new DataSet { Id = "data-1", Features = { "x" }, Label = label, Rows = 7, Fingerprint = "ff" };
        };
        return uploads;
    }

    private sealed record Upload(string Label, byte[] Bytes, int Parts);

    private sealed class Reported : IProgress<long>
    {
        public List<long> Values { get; } = [];

        public void Report(long value) => Values.Add(value);
    }

    /// <summary>Zeros, which cannot be read again.</summary>
    private sealed class EndlessStream : Stream
    {
        private long _position;

        public long BreaksAfter { get; init; } = long.MaxValue;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            _position += count;
            return _position <= BreaksAfter ? count : throw new InvalidDataException("planted");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
