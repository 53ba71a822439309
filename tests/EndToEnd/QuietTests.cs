using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Cluster.Client.Jobs;
using Cluster.Contracts.Jobs;
using Cluster.EndToEnd.Training;
using Cluster.Support.Processes;
using Cluster.TestModels;

namespace Cluster.EndToEnd;

/// <summary>What ends in order leaves no warning, no error and no exception in any service's log: these are for what needs somebody.</summary>
public sealed partial class QuietTests(SharedBroker broker) : ClusterTest(broker)
{
    private const string Data = "paced";
    private const int PaceMilliseconds = 4;
    private const int Endless = 1_000_000;

    private readonly ConcurrentQueue<string> _lines = new();

    [Theory(Timeout = 2 * TestLimit)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_JobsThatEndOrAreCancelled_LeavesNoWarning(int workers)
    {
        var cluster = await StartAsync(workers);

        foreach (var mode in TrainingNames.Modes)
        {
            await EndAsync(cluster, CountingSpec.Of(Data, "pace", mode, epochs: 3));
            var ended = await EndAsync(cluster, StoppedEarly(mode));
            Assert.StartsWith("stopped early: ", TrainedModel.FromJob(ended).End, StringComparison.Ordinal);
            await CancelAsync(cluster, await TrainAsync(cluster, mode));
        }

        await RunPiAsync(cluster, 50_000_000, 3);
        await CancelAsync(cluster, await ComputeAsync(cluster));
        // A slot without work gives its streams up after a while; one connection to each is the coordinator's.
        await Poll.UntilAsync("the workers' streams are closed", () => Task.FromResult(cluster.Links!.ParameterStores.Max(link => link.Connections)),
            most => most <= 1, Limit, Ct);
        await StopAllAsync(cluster);

        AssertQuiet();
    }

    [Fact(Timeout = 2 * TestLimit)]
    public async Task Stop_EachServiceInMidTraining_LeavesNoWarning()
    {
        var cluster = await StartAsync(workers: 3);
        var job = await TrainAsync(cluster, TrainingNames.Sync);

        foreach (var service in (ServiceProcess[])[cluster.Workers[1], cluster.ParameterStores[0], cluster.Coordinator])
        {
            Assert.Equal(0, await service.StopAsync(Ct));
            await service.StartAsync(Ct);
            var back = await cluster.Client.GetJobAsync(job.Id, Ct);
            await UntilCommittedAsync(cluster, job, back.Training!.Commits + 2);
        }

        await StopAllAsync(cluster);
        AssertQuiet();
    }

    [Fact(Timeout = 2 * TestLimit)]
    public async Task Stop_EachServiceInMidComputation_LeavesNoWarning()
    {
        var cluster = await StartAsync(workers: 2);
        var job = await ComputeAsync(cluster);

        foreach (var service in (ServiceProcess[])[cluster.Workers[1], cluster.Coordinator])
        {
            Assert.Equal(0, await service.StopAsync(Ct));
            await service.StartAsync(Ct);
            var back = await cluster.Client.GetJobAsync(job.Id, Ct);
            await Poll.UntilAsync("more items are done", () => cluster.Client.GetJobAsync(job.Id, Ct),
                j => j.Progress.ItemsDone > back.Progress.ItemsDone + 5, Limit, Ct);
        }

        await StopAllAsync(cluster);
        AssertQuiet();
    }

    /// <summary>A cluster that is whole: what it says before that is about its start.</summary>
    private async Task<TestCluster> StartAsync(int workers)
    {
        var cluster = await StartClusterAsync(new TestClusterOptions(workers)
        {
            ParameterStores = 2,
            TestModels = true,
            Links = true,
            CoordinatorEnvironment = new Dictionary<string, string> { ["Coordinator__SegmentDuration"] = "00:00:00.3" },
            // A failed task that nobody looked at is logged when it is collected.
            Environment = new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "80000" },
            Output = (instance, line) => _lines.Enqueue($"{instance}  {line}"),
        });
        await cluster.UploadAsync(Data, "pace", TestData.Csv(["id", "pace"], 600, row => [row, PaceMilliseconds]), Ct);
        _lines.Clear();
        return cluster;
    }

    private static TrainingSpec StoppedEarly(string mode) => new()
    {
        Mode = mode,
        Staleness = mode == TrainingNames.Ssp ? 2 : 0,
        Lanes = 4,
        Batch = 4,
        Epochs = Endless,
        LearningRate = 0.01f,
        TestFraction = 0.2,
        EvaluateEpochs = 2,
        Patience = 2,
        MinDelta = 0.01,
        Seed = 3,
    };

    private static async Task<JobInfo> EndAsync(TestCluster cluster, TrainingSpec spec)
    {
        var job = await cluster.Client.SubmitAsync(spec, cancellationToken: Ct);
        return (await cluster.Client.WaitAsync(job.Id, cancellationToken: Ct).WaitAsync(Limit, Ct)).EnsureSucceeded();
    }

    /// <summary>A training job that has committed and goes on until it is cancelled.</summary>
    private static async Task<JobInfo> TrainAsync(TestCluster cluster, string mode)
    {
        var job = await cluster.Client.SubmitAsync(CountingSpec.Of(Data, "pace", mode, Endless), cancellationToken: Ct);
        return await UntilCommittedAsync(cluster, job, commits: 1);
    }

    private static Task<JobInfo> UntilCommittedAsync(TestCluster cluster, JobInfo job, long commits) => Poll.UntilAsync(
        $"{commits} commits", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Training is { } training && training.Commits >= commits, Limit, Ct);

    /// <summary>A computation of which a part is done and that goes on until it is cancelled.</summary>
    private static async Task<JobInfo> ComputeAsync(TestCluster cluster)
    {
        var job = await cluster.Client.SubmitAsync(new PiSpec { Points = 1_000_000_000_000, Seed = 1 }, cancellationToken: Ct);
        return await Poll.UntilAsync("items are done", () => cluster.Client.GetJobAsync(job.Id, Ct), j => j.Progress.ItemsDone > 5, Limit, Ct);
    }

    private static async Task CancelAsync(TestCluster cluster, JobInfo job)
    {
        Assert.Equal(JobState.Cancelled, (await cluster.Client.CancelAsync(job.Id, cancellationToken: Ct)).State);
        await Poll.UntilAsync("nobody does anything for it", () => cluster.Client.ListTasksAsync(Ct),
            tasks => tasks.SelectMany(task => task.Devices).All(device => !device.Doing.Contains(job.Id, StringComparison.Ordinal)), Limit, Ct);
    }

    /// <summary>All services at once, as a runner stops them.</summary>
    private static async Task StopAllAsync(TestCluster cluster)
        => Assert.All(await Task.WhenAll(cluster.Processes.Select(process => process.StopAsync(Ct))), exitCode => Assert.Equal(0, exitCode));

    private void AssertQuiet()
    {
        Assert.NotEmpty(_lines);
        Assert.DoesNotContain(_lines, line => !Calm().IsMatch(line) || line.Contains("Exception", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^[a-z0-9-]+  [0-9:.]{12} (info|dbug|trce): ")]
    private static partial Regex Calm();
}
