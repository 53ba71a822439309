using System.Diagnostics;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.Support.Processes;

namespace Cluster.EndToEnd.Training;

/// <summary>Faults in the middle of training: every example counts once, in every mode, and synchronous jobs keep their bits.</summary>
public sealed class TrainingFaultTests(SharedBroker broker, SharedCluster shared) : TrainingTest(broker, shared)
{
    private const int Epochs = 10;

    // Longer than a lease.
    private const int LongEpochs = 34;

    // Of the commits after a fault the third is of a segment that began after it: at most one was open and one not yet committed.
    private const int PastTheFault = 3;
    private const double Early = 0.1;
    private const double Late = 0.8;

    public static TheoryData<string> Modes => [.. TrainingNames.Modes];

    [Theory(Timeout = TestLimit)]
    [MemberData(nameof(Modes))]
    public async Task Kill_Worker_ItsLanesAreDoneByOthers(string mode)
    {
        var (cluster, job) = await RunToTheMiddleAsync(mode);
        var victim = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        var before = await AssertUnderWayAsync(cluster, job);

        var killed = Stopwatch.GetTimestamp();
        await victim.KillAsync(Ct);
        await UntilCommittedAsync(cluster, job, before, PastTheFault);

        SayRecovery("worker killed", mode, killed);
        var ended = await AssertCountedAsync(cluster, job, mode);
        Assert.Equal(before.Training!.Generations, ended.Training!.Generations);
        if (mode != TrainingNames.Async) Assert.True(ended.Training.Steals > before.Training.Steals);
        await victim.StartAsync(Ct);
        await cluster.UntilWholeAsync(Ct);
    }

    [Theory(Timeout = TestLimit)]
    [MemberData(nameof(Modes))]
    public async Task Suspend_Worker_TheJobEndsWithoutItAndItChangesNothingAfterwards(string mode)
    {
        var (cluster, job) = await RunToTheMiddleAsync(mode);
        var victim = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        var suspended = Stopwatch.GetTimestamp();
        var before = await AssertUnderWayAsync(cluster, job);

        await UntilCommittedAsync(cluster, job, before, PastTheFault);
        SayRecovery("worker suspended", mode, suspended);
        var ended = await AssertCountedAsync(cluster, job, mode);
        if (mode != TrainingNames.Async) Assert.True(ended.Training!.Steals > before.Training!.Steals);
        else Assert.True(ended.Progress.ItemsRepublished > before.Progress.ItemsRepublished);
        victim.Resume();

        await cluster.UntilWholeAsync(Ct);
        await Poll.UntilAsync("no worker has anything to do", () => cluster.WorkerTasksAsync(Ct),
            tasks => tasks.All(task => task.Devices.All(device => device.Doing.Length == 0)), Limit, Ct);
        AssertCounted(Counting(mode, Epochs), await cluster.Client.GetJobAsync(job.Id, Ct));
    }

    [Fact(Timeout = TestLimit)]
    public async Task Resume_WorkerPastItsLeaseWhileTheJobRuns_EveryExampleCountsOnce()
    {
        var (cluster, job) = await RunToTheMiddleAsync(TrainingNames.Async, LongEpochs);
        var victim = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        var suspended = await cluster.Client.GetJobAsync(job.Id, Ct);
        await Poll.UntilAsync("its lease is over", () => cluster.WorkerTasksAsync(Ct), tasks => tasks.Length < cluster.Workers.Count, Limit, Ct);
        var before = await UntilCommittedAsync(cluster, job, suspended, PastTheFault);

        victim.Resume();
        Assert.Equal(JobState.Running, before.State);
        var ended = await EndAsync(cluster, job);
        AssertCounted(Counting(TrainingNames.Async, LongEpochs), ended);
        Assert.Equal(suspended.Training!.Generations, ended.Training!.Generations);
        await cluster.UntilWholeAsync(Ct);
    }

    [Theory(Timeout = TestLimit)]
    [MemberData(nameof(Modes))]
    public async Task Kill_ParameterStoreThatComesBack_TheNextGenerationGoesOnFromTheLastCommit(string mode)
    {
        var (cluster, job) = await RunToTheMiddleAsync(mode);
        var victim = await cluster.ParameterStoreAsync(1, Ct);
        var before = await AssertUnderWayAsync(cluster, job);

        await victim.KillAsync(Ct);
        await victim.StartAsync(Ct);
        var started = Stopwatch.GetTimestamp();
        await UntilCommittedAsync(cluster, job, before, PastTheFault);

        SayRecovery("ps task killed; since its process answers again", mode, started);
        var ended = await AssertCountedAsync(cluster, job, mode);
        Assert.Equal(before.Training!.Generations + 1, ended.Training!.Generations);
        await cluster.UntilWholeAsync(Ct);
    }

    [Theory(Timeout = TestLimit)]
    [MemberData(nameof(Modes))]
    public async Task Kill_CoordinatorThatComesBack_TheGenerationGoesOn(string mode)
    {
        var (cluster, job) = await RunToTheMiddleAsync(mode);
        var before = await AssertUnderWayAsync(cluster, job);

        await cluster.Coordinator.KillAsync(Ct);
        await cluster.Coordinator.StartAsync(Ct);
        var started = Stopwatch.GetTimestamp();
        var after = await UntilCommittedAsync(cluster, job, before, PastTheFault);

        SayRecovery("coordinator killed; since its process answers again", mode, started);
        Assert.Equal(JobState.Running, after.State);
        var ended = await AssertCountedAsync(cluster, job, mode);
        Assert.Equal(before.Progress.Chiefs + 1, ended.Progress.Chiefs);
        Assert.Equal(before.Training!.Generations, ended.Training!.Generations);
        await cluster.UntilWholeAsync(Ct);
    }

    [Theory(Timeout = TestLimit)]
    [MemberData(nameof(Modes))]
    public async Task Kill_AllWorkers_AnotherThatComesFinishesTheJob(string mode)
    {
        var (cluster, job) = await RunToTheMiddleAsync(mode);
        var victim = await BusyTrainer.SuspendAsync(cluster, job.Id, Ct);
        var before = await AssertUnderWayAsync(cluster, job);

        await Task.WhenAll(cluster.Workers.Select(worker => worker.KillAsync(Ct)));
        var started = Stopwatch.GetTimestamp();
        await victim.StartAsync(Ct);
        await UntilCommittedAsync(cluster, job, before, PastTheFault);

        SayRecovery("all workers killed, one started", mode, started);
        var ended = await AssertCountedAsync(cluster, job, mode);
        Assert.Equal(before.Training!.Generations, ended.Training!.Generations);
        await Task.WhenAll(cluster.Workers.Where(worker => worker != victim).Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Kill_ParameterStoreWhoseCommitIsGone_FailsTheJobAndSaysWhy()
    {
        var (cluster, job) = await RunToTheMiddleAsync(TrainingNames.Sync);
        await AssertUnderWayAsync(cluster, job);
        var store = await cluster.ParameterStoreAsync(0, Ct);

        await store.KillAsync(Ct);
        await DeleteSnapshotsAsync(cluster, job);
        await store.StartAsync(Ct);

        var ended = await EndAsync(cluster, job);
        Assert.Equal(JobState.Failed, ended.State);
        Assert.StartsWith("the last commit cannot be loaded: /job:ps/task:0: cluster:job:", ended.Error, StringComparison.Ordinal);
        await cluster.UntilWholeAsync(Ct);
    }

    private static async Task DeleteSnapshotsAsync(TestCluster cluster, JobInfo job)
    {
        await using var redis = await cluster.ConnectRedisAsync();
        foreach (var server in redis.GetServers())
        {
            await foreach (var key in server.KeysAsync(pattern: $"*{job.Id}*:snapshot:0:*").WithCancellation(Ct))
                await redis.GetDatabase().KeyDeleteAsync(key);
        }
    }

    /// <summary>Submits the job and returns when a part of it is done and committed.</summary>
    private async Task<(TestCluster Cluster, JobInfo Job)> RunToTheMiddleAsync(string mode, int epochs = Epochs)
    {
        var cluster = await ShareClusterAsync(ThreeWorkers);
        await UploadPacedAsync(cluster);
        var job = await cluster.Client.SubmitAsync(Counting(mode, epochs), cancellationToken: Ct);
        await UntilAsync(cluster, job, "a part is committed", j => j.Progress.Fraction > Early * Epochs / epochs && j.Training is { CommittedClock: > 0 });
        return (cluster, job);
    }

    private static async Task<JobInfo> AssertUnderWayAsync(TestCluster cluster, JobInfo job)
    {
        var now = await cluster.Client.GetJobAsync(job.Id, Ct);
        Assert.Equal(JobState.Running, now.State);
        Assert.InRange(now.Progress.Fraction, Early, Late);
        return now;
    }

    private static async Task<JobInfo> AssertCountedAsync(TestCluster cluster, JobInfo job, string mode)
    {
        var ended = await EndAsync(cluster, job);
        AssertCounted(Counting(mode, Epochs), ended);
        return ended;
    }
}
