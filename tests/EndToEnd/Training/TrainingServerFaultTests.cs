using System.Diagnostics;
using System.Globalization;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;
using StackExchange.Redis;

namespace Cluster.EndToEnd.Training;

/// <summary>Redis and RabbitMQ away, restarted or full in the middle of training.</summary>
public sealed class TrainingServerFaultTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 14;

    // Much longer than a lease, which lasts five seconds, and the two in which its holder comes first.
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(30);

    // Bytes that still fit on the disk when it is about to be full.
    private const int Room = 1000;

    // Exit code of a program that Linux ends because it writes on (128 + SIGXFSZ).
    private const int EndedByLimit = 153;

    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        ParameterStores = 2,
        TestModels = true,
        Links = true,
        CoordinatorEnvironment = new Dictionary<string, string>
        {
            ["Coordinator__SegmentDuration"] = "00:00:00.3",
            ["Coordinator__LongestSegment"] = "00:00:00.3",
            ["Coordinator__LaneGrace"] = "00:00:02",
        },
    };

    [Fact(Timeout = TestLimit)]
    public async Task Kill_RedisForLongerThanALease_NothingIsCommittedMeanwhileAndTheGenerationGoesOn()
    {
        var (cluster, job, spec) = await RunToTheMiddleAsync(TrainingNames.Sync);
        var before = await cluster.Client.GetJobAsync(job.Id, Ct);

        var killed = Stopwatch.GetTimestamp();
        await cluster.Redis.KillAsync(Ct);
        await Task.Delay(Away, Ct);
        await cluster.Redis.RestartAsync(Ct);
        var back = Stopwatch.GetTimestamp();
        await UntilCommittedAsync(cluster, job, before, commits: 2);

        SayRecovery($"Redis killed, back after {Stopwatch.GetElapsedTime(killed, back).TotalSeconds:0.0} s; from then on", spec.Mode, back);
        var ended = await EndAsync(cluster, job);
        AssertCounted(spec, ended);
        Assert.Equal(before.Training!.Generations, ended.Training!.Generations);
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Hold_RabbitMqConnections_TheJobGoesOnWhenTheyAreBack()
    {
        var (cluster, job, spec) = await RunToTheMiddleAsync(TrainingNames.Ssp);
        var before = await cluster.Client.GetJobAsync(job.Id, Ct);

        cluster.Links!.Messaging.Hold();
        Assert.True(cluster.Links.Messaging.Cut() > 0);
        await Task.Delay(Away, Ct);
        cluster.Links.Messaging.Release();
        var back = Stopwatch.GetTimestamp();
        await UntilCommittedAsync(cluster, job, before, commits: 2);

        SayRecovery($"RabbitMQ away for {Away.TotalSeconds} s; from then on", spec.Mode, back);
        AssertCounted(spec, await EndAsync(cluster, job));
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Fill_Redis_TheCommitWaitsAndSaysWhyAndGoesOnWhenThereIsRoom()
    {
        var (cluster, job, spec) = await RunToTheMiddleAsync(TrainingNames.Sync);
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{cluster.Redis.ConnectionString},allowAdmin=true");
        var server = redis.GetServers()[0];

        await server.ConfigSetAsync("maxmemory", "1");
        var full = await UntilAsync(cluster, job, "the job says what it waits for",
            j => j.Progress.WaitingFor.StartsWith("Redis, which is full", StringComparison.Ordinal));
        await Task.Delay(TimeSpan.FromSeconds(2), Ct);
        var still = await cluster.Client.GetJobAsync(job.Id, Ct);
        Assert.Equal((JobState.Running, full.Training!.CommittedClock), (still.State, still.Training!.CommittedClock));
        await server.ConfigSetAsync("maxmemory", 0.ToString(CultureInfo.InvariantCulture));
        var room = Stopwatch.GetTimestamp();
        await UntilCommittedAsync(cluster, job, still, commits: 2);

        SayRecovery("Redis full; since there is room", spec.Mode, room);
        AssertCounted(spec, await EndAsync(cluster, job));
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Fill_DiskOfRedis_ItEndsWithinAWriteAndTheGenerationGoesOnWhenThereIsRoom()
    {
        var (cluster, job, spec) = await RunToTheMiddleAsync(TrainingNames.Sync);
        var log = Directory.GetFiles(Path.Combine(cluster.Redis.DataDirectory, "appendonlydir"), "*.incr.aof").Select(path => new FileInfo(path)).Single();

        var begun = await cluster.Client.GetJobAsync(job.Id, Ct);

        FileSizeLimit.Set(cluster.Redis.ProcessId, log.Length + Room);
        Assert.Equal(EndedByLimit, await cluster.Redis.Exited.WaitAsync(Limit, Ct));
        await cluster.Redis.RestartAsync(Ct);
        var room = Stopwatch.GetTimestamp();
        await UntilCommittedAsync(cluster, job, await cluster.Client.GetJobAsync(job.Id, Ct), commits: 2);

        SayRecovery("Redis out of disk; since it runs again, with room", spec.Mode, room);
        var ended = await EndAsync(cluster, job);
        AssertCounted(spec, ended);
        Assert.Equal(begun.Training!.Generations, ended.Training!.Generations);
        await cluster.UntilWholeAsync(Ct);
    }

    private async Task<(TestCluster Cluster, JobInfo Job, TrainingSpec Spec)> RunToTheMiddleAsync(string mode)
    {
        var cluster = await ShareClusterAsync(Options);
        await UploadPacedAsync(cluster);
        var spec = Counting(mode, Epochs);
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        var now = await UntilAsync(cluster, job, "a part is committed", j => j.Training is { CommittedClock: > 0 });
        Assert.Equal(JobState.Running, now.State);
        Assert.True(now.Progress.Fraction < 0.7);
        return (cluster, job, spec);
    }
}
