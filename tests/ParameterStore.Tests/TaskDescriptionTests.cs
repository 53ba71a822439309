using Cluster.Contracts.Devices;
using Cluster.DataPlane.Client;
using Cluster.ParameterStore.Tasks;
using Cluster.ParameterStore.Tests.Cluster;
using Cluster.Protocol.Lanes;
using V1 = Cluster.Protocol.Parameters.V1;

namespace Cluster.ParameterStore.Tests;

/// <summary>What the registry shows of a ps task.</summary>
public sealed class TaskDescriptionTests : IAsyncLifetime
{
    private const long Clocks = 3;
    private static readonly LaneBlock Lane = new(0, 1);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private StoreHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await StoreHost.StartAsync(_ct);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task Registry_NoShard_IsIdleAtBothIndices()
    {
        var tasks = await _host.Registry.ListAsync(JobNames.ParameterStore);

        Assert.Equal([0, 1], tasks.Select(task => task.Index));
        Assert.All(tasks, task => Assert.Equal((_host.Address.Authority, ""), (task.Entry.Address, Assert.Single(task.Entry.Devices).Doing)));
        Assert.Equal("/job:ps/replica:0/task:1/device:CPU:0", Assert.Single(tasks[1].Devices).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Registry_ShardThatTrains_ShowsItsClockAndMemory(bool isAsync)
    {
        // The slower of two lanes is the shard's clock.
        var settings = StoreHost.Settings(1 << 18, lanes: isAsync ? 2 : 1, isAsync: isAsync);
        await _host.OpenAsync(settings, 0, StoreHost.First, null, _ct);
        await _host.AdvanceAsync(0, StoreHost.First, 0, 0, 100, _ct);
        await PushAsync(settings);

        var report = await _host.UntilAsync(0, _ => true, _ct);
        Assert.Equal(Clocks, report.LaneClocks[0]);
        var memory = FormattableString.Invariant($"{Math.Round(report.MemoryBytes / 1048576.0, 1)} MiB");
        await UntilDoingAsync(0, $"job-1 clock {(isAsync ? 0 : Clocks)}, {memory}");
        await UntilDoingAsync(1, "");
    }

    [Fact]
    public async Task Registry_FiveShards_NamesThreeAndCountsTheRest()
    {
        foreach (var job in (string[])["e", "c", "a", "d", "b"]) await OpenAsync(job);
        var bytes = (await _host.Control.ReportAsync(new V1.ReportRequest { Job = "a", Task = 1 }, cancellationToken: _ct)).MemoryBytes;
        Assert.InRange(bytes, 1, 1023);

        await UntilDoingAsync(1, $"a clock 0, {bytes} B; b clock 0, {bytes} B; c clock 0, {bytes} B; and 2 more");
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(3L << 20, "3 MiB")]
    [InlineData((1L << 30) + (1L << 28), "1.3 GiB")]
    [InlineData(5000L << 30, "5000 GiB")]
    public void Size_Bytes_AreInTheLargestUnit(long bytes, string text) => Assert.Equal(text, TaskDescription.Size(bytes));

    private async Task OpenAsync(string job) => await _host.Control.OpenAsync(new V1.OpenRequest
    {
        Job = job,
        Task = 1,
        Generation = StoreHost.Message(StoreHost.First),
        Shard = StoreHost.Settings(1),
    }, cancellationToken: _ct);

    private async Task PushAsync(V1.Shard settings)
    {
        var sink = new StepSink(settings.Length);
        using var stream = new ExchangeStream(_host.Channel.Invoker, 0, sink, _ct);
        _ = stream.RunAsync();
        await stream.AttachAsync(StoreHost.Job, StoreHost.First, worker: 1);
        for (long clock = 0; clock < Clocks; clock++)
        {
            await stream.PushAsync(StoreHost.First, Lane, clock, 1, new float[settings.Length]);
            await sink.ReceivedAsync().AsTask().WaitAsync(StoreHost.Limit, _ct);
        }
    }

    // An entry is as old as the last renewal.
    private async Task UntilDoingAsync(int index, string expected)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var task = (await _host.Registry.ListAsync(JobNames.ParameterStore)).Single(task => task.Index == index);
            var doing = Assert.Single(task.Entry.Devices).Doing;
            if (doing == expected) return;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < StoreHost.Limit, $"'{doing}' is not '{expected}'");
            await Task.Delay(TimeSpan.FromMilliseconds(20), _ct);
        }
    }
}
