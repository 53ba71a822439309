using System.Diagnostics;
using System.Text.Json;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using Cluster.TestModels;

namespace Cluster.EndToEnd;

/// <summary>A team's own computation that goes wrong: its job fails with the cause, the cluster goes on.</summary>
public sealed class PoisonTests(SharedBroker broker, SharedCluster shared) : SharedClusterTest(broker, shared)
{
    private static readonly TestClusterOptions Options = new(Workers: 2)
    {
        TestModels = true,
        WorkerEnvironment = new Dictionary<string, string>
        {
            ["Worker__RangeTimeout"] = "00:00:01",
            ["Worker__BatchTimeout"] = "00:00:01",
            // 256 MiB: as .NET sets a limit by itself in a container that has one.
            ["DOTNET_GCHeapHardLimit"] = "0x10000000",
        },
    };

    [Theory(Timeout = TestLimit)]
    [InlineData("throws", "this index is poison")]
    [InlineData("waits", "it was not done after 1 s")]
    [InlineData("allocates", "emory")]
    public async Task Run_IndexThatFailsOnAnyWorker_FailsTheJobWithItsCauseAndOthersGoOn(string does, string error)
    {
        var cluster = await ShareClusterAsync(Options);
        var submitted = Stopwatch.GetTimestamp();
        var job = await SubmitAsync(cluster, does);

        await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct);

        var ended = await cluster.Client.GetJobAsync(job.Id, Ct);
        Say(FormattableString.Invariant($"{does}: failed after {Stopwatch.GetElapsedTime(submitted).TotalSeconds:0.0} s: {ended.Error}"));
        Assert.Equal(JobState.Failed, ended.State);
        Assert.Contains(error, ended.Error, StringComparison.Ordinal);
        Assert.All(cluster.Workers, worker => Assert.True(worker.IsRunning));
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Run_IndexThatHangsForGood_EndsItsWorkerWhichGoesOnWhenItIsStartedAgain()
    {
        var cluster = await ShareClusterAsync(Options);
        var job = await SubmitAsync(cluster, "hangs");

        // Whichever worker has it: the one that does not end by itself has not had it yet.
        await Task.WhenAny(cluster.Workers.Select(worker => worker.UntilEndedAsync(Limit, Ct)));
        await cluster.Client.CancelAsync(job.Id, "seen enough", Ct);

        await SettleAsync(cluster);
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
    }

    /// <summary>What the kernel does to a worker that takes all memory, where nothing else limits it.</summary>
    [Fact(Timeout = TestLimit)]
    public async Task Run_IndexThatEndsItsProcess_FailsTheJobAfterFiveWorkersAndOthersGoOn()
    {
        var cluster = await ShareClusterAsync(Options);

        var ended = await EndAsync(cluster, await SubmitAsync(cluster, "exits"));

        Assert.Equal(JobState.Failed, ended.State);
        Assert.Contains("5 workers left it without a result", ended.Error, StringComparison.Ordinal);
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
    }

    [Fact(Timeout = TestLimit)]
    public async Task Train_ModelThatHangs_FailsTheJobNamingLaneAndClockAndOthersGoOn()
    {
        var cluster = await ShareClusterAsync(Options);
        await cluster.UploadAsync("hangs", "fault", TestData.Csv(["id", "fault"], 16, row => [row, row == 5 ? FaultyModel.Hangs : 0]), Ct);
        var spec = new TrainingSpec
        {
            Model = FaultyModel.ModelName,
            Data = "hangs",
            Label = "fault",
            Lanes = 2,
            Batch = 4,
            Epochs = 100,
            LearningRate = 1,
            StartBias = 3
        };

        var ended = await EndAsync(cluster, await cluster.Client.SubmitAsync(spec, cancellationToken: Ct));

        Assert.Equal(JobState.Failed, ended.State);
        Assert.Matches(@"^lane [01], clock [67] failed on /job:worker/replica:0/task:[01]/device:CPU:0: it was not done after 1 s$", ended.Error);
        Assert.Equal(13_175_839, (await RunPiAsync(cluster, 1 << 24, 42)).Inside);
    }

    /// <summary>Waits for the end of a job that takes workers with it, and starts these again, as whoever runs them does.</summary>
    private static async Task<JobInfo> EndAsync(TestCluster cluster, JobInfo job)
    {
        var ended = await Poll.UntilAsync("the job has ended", async () =>
        {
            await StartEndedAsync(cluster);
            return await cluster.Client.GetJobAsync(job.Id, Ct);
        }, info => info.State.IsEnd(), Limit, Ct);
        await SettleAsync(cluster);
        return ended;
    }

    /// <summary>Starts all workers anew: each may have had the item too, and then ends some time later, though it seems to do nothing.</summary>
    private static async Task SettleAsync(TestCluster cluster)
    {
        await Task.WhenAll(cluster.Workers.Where(worker => worker.IsRunning).Select(worker => worker.KillAsync(Ct)));
        await Task.WhenAll(cluster.Workers.Select(worker => worker.StartAsync(Ct)));
        await cluster.UntilWholeAsync(Ct);
    }

    private static async Task StartEndedAsync(TestCluster cluster)
    {
        foreach (var ended in cluster.Workers.Where(worker => !worker.IsRunning)) await ended.StartAsync(Ct);
    }

    private static Task<JobInfo> SubmitAsync(TestCluster cluster, string does) => cluster.Client.SubmitAsync(
        new ComputationSpec { Name = "poison", Arguments = JsonSerializer.SerializeToElement(new { does, at = 137 }), IndexCount = 1000, GrainSize = 10 },
        cancellationToken: Ct);
}
