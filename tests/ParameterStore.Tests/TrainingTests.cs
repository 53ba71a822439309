using System.Runtime.InteropServices;
using Cluster.Compute.Philox;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Commits;
using Cluster.Protocol.Lanes;
using Cluster.Protocol.Segments;
using Cluster.Protocol.Shards;
using Grpc.Core;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

public sealed class TrainingTests : IAsyncLifetime
{
    private const long Half = 12;

    private readonly TestProblem _problem = new() { Lanes = 7, Offsets = [0, 5, 12] };
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Train_ThreeWorkersTwoTasksAndARestart_GivesTheBitsOfTheProtocolInMemory()
    {
        await OpenAsync(StoreHost.First, [null, null]);
        await WorkAsync(StoreHost.First, new Segment(0, Half), committed: 0);
        AssertBits(_problem.TrainInMemory(Half), await ParametersAsync());
        var written = await Task.WhenAll(Each(task => _host.UntilAsync(task, report => report.SnapshotWritten, _ct)));
        Assert.All(written, report => Assert.Equal((Half, Half * 28), (report.SnapshotClock, report.SnapshotExamples)));

        await _host.RestartAsync(_ct);
        var second = new Generation(2, 8);
        V1.Snapshot?[] committed = [.. written.Select(report =>
            new V1.Snapshot { Generation = report.Generation, Incarnation = report.Incarnation, Clock = Half })];
        await OpenAsync(second, committed);
        AssertBits(_problem.TrainInMemory(Half), await ParametersAsync());
        await WorkAsync(second, new Segment(Half, 2 * Half), committed: Half);

        AssertBits(_problem.TrainInMemory(2 * Half), await ParametersAsync());
        var end = await _host.UntilAsync(0, _ => true, _ct);
        Assert.Equal(2 * Half * 28, end.Examples);
        Assert.NotEqual(written[0].Incarnation, end.Incarnation);
    }

    [Fact]
    public async Task Open_SnapshotThatIsGone_LeavesTheGeneration()
    {
        await _host.Control.OpenAsync(new V1.OpenRequest
        {
            Job = StoreHost.Job,
            Task = 0,
            Generation = StoreHost.Message(StoreHost.First),
            Shard = Settings(0),
            Committed = new V1.Snapshot { Generation = StoreHost.Message(StoreHost.First), Incarnation = 5, Clock = 3 },
        }, cancellationToken: _ct);

        var report = await _host.UntilAsync(0, report => report.Phase != V1.Phase.Loading, _ct);
        Assert.Equal((V1.Phase.Idle, StoreHost.First), (report.Phase, report.ToReport().Generation));
    }

    [Fact]
    public async Task Open_ShardThatIsWrong_NamesEveryField()
    {
        var shard = StoreHost.Settings(0, lanes: 257);
        shard.Optimizer.LearningRate = float.NaN;

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await _host.Control.OpenAsync(
            new V1.OpenRequest { Job = StoreHost.Job, Generation = StoreHost.Message(StoreHost.First), Shard = shard }, cancellationToken: _ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.All(["shard.lanes", "shard.length", "shard.optimizer.learning_rate"],
            field => Assert.Contains(field, refused.Status.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_StartInParts_IsTheSequenceWithinItsBounds()
    {
        var shard = StoreHost.Settings(12);
        shard.Initial = new V1.Initial
        {
            Parts = new V1.UniformParts
            {
                Seed = 7,
                Parts = { new V1.UniformPart { Place = 1, Index = 6, Length = 4, Bound = 2 },
            new V1.UniformPart { Place = 8, Index = 100, Length = 3, Bound = 0.5f } }
            }
        };

        await _host.OpenAsync(shard, _ct);

        var start = await _host.Loop(0).CallAsync(() => _host.Loop(0).Shard.TryGetVersion(0, out var version) ? version.Values.ToArray() : []);
        float[] sequence = [.. Enumerable.Range(0, 104).Select(i =>
        {
            var words = Philox4x32.Block((ulong)i / 4, 7);
            var word = new[] { words.W0, words.W1, words.W2, words.W3 }[i % 4];
            return (float)((2 * Math.Floor(word / 256.0) / (1 << 24)) - 1);
        })];
        float[] expected = [0, .. sequence[6..10].Select(u => 2 * u), 0, 0, 0, .. sequence[100..103].Select(u => 0.5f * u), 0];
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], start[i], 1e-6f);
    }

    [Theory]
    [InlineData(0, 13, 1f, "shard.initial.parts.length")]
    [InlineData(13, 0, 1f, "shard.initial.parts.place")]
    [InlineData(-1, 1, 1f, "shard.initial.parts.place")]
    [InlineData(0, 1, -1f, "shard.initial.parts.bound")]
    [InlineData(0, 1, float.NaN, "shard.initial.parts.bound")]
    public async Task Open_StartInPartsThatAreWrong_NamesTheField(int place, int length, float bound, string field)
    {
        var shard = StoreHost.Settings(12);
        shard.Initial = new V1.Initial { Parts = new V1.UniformParts { Parts = { new V1.UniformPart { Place = place, Length = length, Bound = bound } } } };

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await _host.Control.OpenAsync(
            new V1.OpenRequest { Job = StoreHost.Job, Generation = StoreHost.Message(StoreHost.First), Shard = shard }, cancellationToken: _ct));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains(field, refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ShardBeyondTheMemory_IsExhausted()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await _host.Control.OpenAsync(new V1.OpenRequest
        {
            Job = StoreHost.Job,
            Generation = StoreHost.Message(StoreHost.First),
            Shard = StoreHost.Settings(1 << 28, lanes: 256),
        }, cancellationToken: _ct));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("shard.length is 268435456", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_OpenJob_FreesItAndDoesNotServeItsGenerationAgain()
    {
        await OpenAsync(StoreHost.First, [null, null]);

        await _host.Control.CloseAsync(new V1.CloseRequest { Job = StoreHost.Job, Task = 1, Generation = StoreHost.Message(StoreHost.First) },
            cancellationToken: _ct);

        var report = await _host.UntilAsync(1, _ => true, _ct);
        Assert.Equal((StoreHost.First, 0L, V1.Phase.Idle), (report.Generation.ToGeneration(), report.MemoryBytes, report.Phase));
        Assert.Equal(V1.Phase.Serving, (await _host.UntilAsync(0, _ => true, _ct)).Phase);
        // A store that has lost the job's end has it opened again: what was computed meanwhile would have two states.
        var again = new V1.OpenRequest { Job = StoreHost.Job, Task = 1, Generation = StoreHost.Message(StoreHost.First), Shard = Settings(1) };
        Assert.Equal(V1.Phase.Idle, (await _host.Control.OpenAsync(again, cancellationToken: _ct)).Phase);
        await _host.OpenAsync(Settings(1), 1, new Generation(2, 9), null, _ct);
    }

    private V1.Shard Settings(int task)
    {
        var settings = StoreHost.Settings(_problem.Offsets[task + 1] - _problem.Offsets[task], _problem.Lanes, _problem.Offsets[task]);
        settings.Optimizer = TestProblem.Rule;
        return settings;
    }

    private async Task OpenAsync(Generation generation, V1.Snapshot?[] committed) =>
        await Task.WhenAll(Each(task => _host.OpenAsync(Settings(task), task, generation, committed[task], _ct)));

    private async Task WorkAsync(Generation generation, Segment segment, long committed)
    {
        foreach (var task in Enumerable.Range(0, StoreHost.Tasks))
            await _host.AdvanceAsync(task, generation, committed, segment.From, segment.To, _ct);
        var shares = LaneDealing.Deal(LaneSet.Of(new LaneBlock(0, _problem.Lanes)), 3);
        Assert.Equal(3, shares.Count);
        await Task.WhenAll(shares.Select((share, i) =>
            new SegmentWorker(_problem, new SegmentItem(generation, segment, share), (ulong)i + 1).RunAsync(_host.Channel, _ct)))
            .WaitAsync(StoreHost.Limit, _ct);
    }

    private async Task<float[]> ParametersAsync() => [.. (await Task.WhenAll(Each(task => _host.Loop(task).CallAsync(() =>
        _host.Loop(task).Shard.TryGetVersion(_host.Loop(task).Shard.Version, out var version) ? version.Values.ToArray() : [])))).SelectMany(x => x)];

    private static IEnumerable<T> Each<T>(Func<int, T> function) => Enumerable.Range(0, StoreHost.Tasks).Select(function);

    private static void AssertBits(float[] expected, float[] actual) =>
        Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)));
}
