using System.Diagnostics;
using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Protocol.Messages;
using Cluster.Storage.Jobs;
using Cluster.Support.Processes;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Cluster.EndToEnd;

/// <summary>Jobs beside and after one another.</summary>
public sealed class JobTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private const long Huge = 1_000_000_000_000;
    private const int Crowd = 10_000;
    // Before a collection a heap grows by what suits the machine's cache, which may be hundreds of MB; hexadecimal: 16 MiB.
    private static readonly TestClusterOptions SmallHeaps = new() { WorkerEnvironment = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "1000000" } };

    private const long MoreMemory = 64 << 20;

    [Fact(Timeout = TestLimit)]
    public async Task Cancel_InMidJob_LeavesNothingAndTheNextJobRuns()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var job = await StartHugeAsync(cluster);

        var cancelled = await cluster.Client.CancelAsync(job.Id, "the test says so", Ct);

        Assert.Equal(JobState.Cancelled, cancelled.State);
        Assert.Equal("cancelled: the test says so", cancelled.Error);
        Assert.InRange(cancelled.Progress.Done, 1, Huge - 1);
        await using var redis = await cluster.ConnectRedisAsync();
        await Poll.UntilAsync("only the record is left", () => LeftAsync(redis, job.Id), left => left == JobKeys.Record(job.Id), Limit, Ct);
        Assert.False(await redis.GetDatabase().SetContainsAsync(JobKeys.Open, job.Id));
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
        await Poll.UntilAsync("no item is left in the broker", () => ItemsAsync(cluster.Messaging), items => items == 0, Limit, Ct);
        Assert.Equal(JobKeys.Record(job.Id), await LeftAsync(redis, job.Id));
        Assert.Equal(JobState.Cancelled, (await cluster.Client.GetJobAsync(job.Id, Ct)).State);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Run_TenSmallJobsBesideAHugeOne_AllFinishWhileItRuns()
    {
        var cluster = await ShareClusterAsync(new TestClusterOptions());
        var huge = await StartHugeAsync(cluster);
        var before = huge.Progress.Done;

        var small = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RunPiAsync(cluster, 1 << 24, 42)));

        Assert.All(small, result => Assert.Equal(13_175_839, result.Inside));
        var beside = await cluster.Client.GetJobAsync(huge.Id, Ct);
        Assert.Equal(JobState.Running, beside.State);
        Assert.InRange(beside.Progress.Done, before + 1, Huge - 1);
        Say($"ten small jobs took {small.Min(r => r.Elapsed)} to {small.Max(r => r.Elapsed)}");
        Assert.Equal(JobState.Cancelled, (await cluster.Client.CancelAsync(huge.Id, cancellationToken: Ct)).State);
    }

    /// <summary>Copies of items of an ended job and of a running one, far more than the coordinator ever has out at once.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Run_JobBehindTenThousandItems_TheyAreDealtWithAndItsResultIsExact()
    {
        var cluster = await ShareClusterAsync(SmallHeaps);
        await using var connection = await new ConnectionFactory { Uri = new Uri(cluster.Messaging) }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var copies = (await channel.QueueDeclareAsync(cancellationToken: Ct)).QueueName;
        await channel.QueueBindAsync(copies, QueueNames.WorkCpu, "", cancellationToken: Ct);
        await RunPiAsync(cluster, 1 << 24, 42);
        var huge = await StartHugeAsync(cluster);
        var items = await TakeAllAsync(channel, copies);
        await channel.QueueDeleteAsync(copies, cancellationToken: Ct);
        var memory = cluster.Workers.Sum(WorkingSet);

        var started = Stopwatch.GetTimestamp();
        foreach (var worker in cluster.Workers) worker.Suspend();
        for (var i = 0; i < Crowd; i++)
            await channel.BasicPublishAsync("", QueueNames.WorkCpu, false, new BasicProperties(items[i % items.Count].BasicProperties),
                items[i % items.Count].Body, Ct);
        var waiting = await Poll.UntilAsync("all items wait", () => ItemsAsync(cluster.Messaging), count => count >= Crowd, Limit, Ct);
        foreach (var worker in cluster.Workers) worker.Resume();
        var small = await RunPiAsync(cluster, 1 << 24, 42);
        var took = Stopwatch.GetElapsedTime(started);
        var more = cluster.Workers.Sum(WorkingSet) - memory;

        Assert.Equal(13_175_839, small.Inside);
        Assert.True(more < MoreMemory, $"{more} bytes more in the workers");
        Assert.Equal(JobState.Running, (await cluster.Client.GetJobAsync(huge.Id, Ct)).State);
        Assert.Equal(JobState.Cancelled, (await cluster.Client.CancelAsync(huge.Id, cancellationToken: Ct)).State);
        await Poll.UntilAsync("no item is left in the broker", () => ItemsAsync(cluster.Messaging), left => left == 0, Limit, Ct);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"{waiting} items waited; a job behind them ended after {took.TotalSeconds:0.0} s; {more / 1e6:0.0} MB more in the "
            + $"workers"));
    }

    private static async Task<List<BasicGetResult>> TakeAllAsync(IChannel channel, string queue)
    {
        var items = new List<BasicGetResult>();
        while (await channel.BasicGetAsync(queue, autoAck: true, Ct) is { } item)
            items.Add(item);
        return items;
    }

    private static long WorkingSet(ServiceProcess process)
    {
        using var system = Process.GetProcessById(process.Id);
        return system.WorkingSet64;
    }

    /// <summary>A job of minutes, of which a few full-sized items are done.</summary>
    private static async Task<JobInfo> StartHugeAsync(TestCluster cluster)
    {
        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = Huge, Seed = 1 }, cancellationToken: Ct);
        return await Poll.UntilAsync("items are done", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Progress.ItemsDone >= 10, Limit, Ct);
    }

    private static async Task<string> LeftAsync(IConnectionMultiplexer redis, string jobId)
    {
        var keys = new List<string>();
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: $"*{jobId}*").WithCancellation(Ct))
            keys.Add(key.ToString());
        return string.Join(' ', keys.Order(StringComparer.Ordinal));
    }

    private static async Task<uint> ItemsAsync(string messaging)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(messaging) }.CreateConnectionAsync(Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var items = 0u;
        foreach (var queue in (string[])["work-cpu", "work-gpu"])
            items += (await channel.QueueDeclarePassiveAsync(queue, Ct)).MessageCount;
        return items;
    }
}
